import { createInterface } from 'node:readline/promises';
import { CancelledError } from '../../errors/index.ts';
import { type ConnectorPlan, FORMATS, mistakeIn, PAGINGS, SIGN_INS, TELLS, type Tell, upperCase } from './plan.ts';

/** Where the questions are put, and where the answers come from. */
export interface Conversation {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/** What is wrong with an answer; undefined where nothing is. */
type Check = (answer: string) => string | undefined;

/**
 * Asks for what was not said. An answer that makes no sense is told so and asked for again.
 * @throws CancelledError on Ctrl-C, on Ctrl-D, and where the answers end
 */
export async function askPlan(
  id: string,
  said: Partial<ConnectorPlan>,
  { input, output, signal }: Conversation,
): Promise<ConnectorPlan> {
  const isTerminal = (output as { isTTY?: boolean }).isTTY === true;
  const lines = createInterface({ input, output, terminal: isTerminal });
  // A question that waits when its input ends would wait for ever.
  const ended = new AbortController();
  lines.once('close', () => ended.abort());
  const asking = { signal: AbortSignal.any([signal, ended.signal]) };
  const ask = async (question: string, usual: string, check: Check): Promise<string> => {
    for (;;) {
      const answer = (await lines.question(`${question} (${usual}): `, asking)).trim() || usual;
      const mistake = check(answer);
      if (mistake === undefined) return answer;
      output.write(`${mistake}\n`);
    }
  };
  const choose = async <Choice extends string>(question: string, choices: readonly Choice[], usual: Choice) =>
    (await ask(`${question}: ${choices.join(', ')}`, usual, among(choices))) as Choice;
  try {
    const title = said.title ?? (await ask('Its name for people', id, mistakeIn.title));
    const vendor =
      said.vendor ?? (await ask('Code of the vendor in the reference data', upperCase(id), mistakeIn.vendor));
    const signIn = said.signIn ?? (await choose('How does it know who asks', SIGN_INS, 'api-key'));
    const format = said.format ?? (await choose('What are its answers', FORMATS, 'json'));
    const paging =
      said.paging ?? (format === 'json' ? await choose('How do pages follow', PAGINGS, 'single') : 'single');
    const isTold: Check = (answer) => wordsOf(answer).map(among(TELLS)).find(Boolean);
    const tells =
      said.tells ?? (wordsOf(await ask(`What does it tell of: ${TELLS.join(', ')}`, 'deployments', isTold)) as Tell[]);
    return { id, title, vendor, signIn, format, paging, tells };
  } catch (error) {
    if ((error as { name?: unknown }).name !== 'AbortError') throw error;
    throw new CancelledError('Making the connector', { cause: error });
  } finally {
    lines.close();
    if (isTerminal) output.write('\n');
  }
}

const wordsOf = (answer: string): string[] => answer.split(/[\s,]+/).filter((word) => word !== '');

const among =
  (choices: readonly string[]): Check =>
  (answer) =>
    choices.includes(answer) ? undefined : `"${answer}" is none of: ${choices.join(', ')}.`;
