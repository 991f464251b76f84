import { ResumingClient } from './resuming-client.ts';

/** What the test asks of a process of clients, in this order; `urls` are chosen from by chance at each connection. */
export type Question =
  | { readonly ask: 'start'; readonly urls: readonly string[]; readonly count: number; readonly seed: number }
  | { readonly ask: 'cut' }
  | { readonly ask: 'back' }
  | { readonly ask: 'reached'; readonly seq: number }
  | { readonly ask: 'verdict'; readonly log: readonly number[] };

export interface Verdict {
  /** Clients that missed a change, or had one twice or out of order. */
  readonly wrong: number;
  readonly delivered: number;
  /** Types of the events that came. */
  readonly types: readonly string[];
}

let clients: ResumingClient[] = [];
let connectionsAtCut: number[] = [];

/** Numbers that look random and are the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function isRight({ seqs }: ResumingClient, log: readonly number[]): boolean {
  const expected = log.filter((seq) => seq >= (seqs[0] as number));
  return seqs.length === expected.length && seqs.every((seq, index) => seq === expected[index]);
}

async function answer(question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'start': {
      const { urls, count, seed } = question;
      const random = seeded(seed);
      const choose = (): string => urls[Math.floor(random() * urls.length)] as string;
      clients = Array.from({ length: count }, () => new ResumingClient(choose, random));
      return Promise.all(clients.map((client) => client.until(({ types }) => types.length > 0)));
    }
    case 'cut':
      connectionsAtCut = clients.map(({ connections }) => connections);
      return undefined;
    case 'back':
      return Promise.all(
        clients.map((client, index) => client.until(({ connections }) => connections > (connectionsAtCut[index] ?? 0))),
      );
    case 'reached':
      return Promise.all(clients.map((client) => client.until(({ seqs }) => seqs.at(-1) === question.seq)));
    case 'verdict':
      return {
        wrong: clients.filter((client) => !isRight(client, question.log)).length,
        delivered: clients.reduce((sum, { seqs }) => sum + seqs.length, 0),
        types: [...new Set(clients.flatMap(({ types }) => types))].sort(),
      } satisfies Verdict;
  }
}

process.on('message', (question: Question) => {
  answer(question).then(
    (value) => process.send?.({ value: question.ask === 'verdict' ? value : null }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
