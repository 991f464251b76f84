import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Database } from '../../src/database/open-database.ts';
import { ingest } from '../../src/unify/ingest.ts';
import { coverageObservations } from '../harness/observations.ts';

/** What others feel of the hub over a while; milliseconds. */
export interface Felt {
  /** From just before a small source commits one change to a subscriber's having it. */
  readonly commitToClient: number[];
  /** Of the small source's transactions as a whole, with what they wait for others. */
  readonly transactions: number[];
  /** Of the analyst's questions, from asking to having the answer. */
  readonly questions: number[];
}

/** The small source commits this often. */
const COMMIT_EVERY_MS = 50;
const ASK_EVERY_MS = 50;

const CHANGES = `subscription { changes(filter: { kinds: [SERVICE_COVERAGE] }) {
  __typename ... on Change { seq entityKey after } } }`;

/** Of facts with their provenance, and of what is just being measured. */
const QUESTIONS = [
  `{ serviceCoverage(first: 100, orderBy: [OFFERED_DESC]) { nodes { province { name } programme offered required share
    provenance { attribute source { name } observedAt } } } }`,
  `{ dossierTotals(groupBy: [PROVINCE, DAY], orderBy: [RECEIVED_DESC]) { nodes { province { name } day received online overdue } } }`,
];

export interface Onlookers {
  /** What was felt since the last call. */
  take(): Felt;
  stop(): Promise<void>;
}

/** A small source that commits steadily, a subscriber that waits for its changes, and an analyst who keeps asking. */
export async function startOnlookers(hub: { url: string }, database: Database, sourceId: string): Promise<Onlookers> {
  const socket = new WebSocket(`${hub.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: CHANGES } }));
  await once(socket, 'message');
  let felt = nothingFelt();
  const stopping = new AbortController();
  const source = everySoOften(COMMIT_EVERY_MS, stopping.signal, async (round) => {
    const arrived = once(socket, 'message').then(() => performance.now());
    const begun = performance.now();
    const committing = await commitOne(database, sourceId, round);
    felt.transactions.push(performance.now() - begun);
    felt.commitToClient.push((await arrived) - committing);
  });
  const analyst = everySoOften(ASK_EVERY_MS, stopping.signal, async (round) => {
    const begun = performance.now();
    await ask(hub.url, QUESTIONS[round % QUESTIONS.length] as string);
    felt.questions.push(performance.now() - begun);
  });
  return {
    take: () => {
      const taken = felt;
      felt = nothingFelt();
      return taken;
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([source, analyst]);
      socket.terminate();
    },
  };
}

const nothingFelt = (): Felt => ({ commitToClient: [], transactions: [], questions: [] });

async function everySoOften(
  everyMs: number,
  signal: AbortSignal,
  work: (round: number) => Promise<void>,
): Promise<void> {
  for (let round = 1; !signal.aborted; round += 1) {
    await work(round);
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Resolves with the time just before the commit was sent. */
async function commitOne(database: Database, sourceId: string, round: number): Promise<number> {
  let committing = 0;
  const at = new Date();
  await database.fork().transactional(async (em) => {
    const batches = [{ sourceId, stream: 'bench', observations: coverageObservations(1, round) }];
    await ingest(em as never, { batches, requestedAt: at, recordedAt: at });
    committing = performance.now();
  });
  return committing;
}

async function ask(url: string, query: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const text = await response.text();
  if (response.status !== 200 || text.includes('"errors"')) throw new Error(`the hub answered ${text.slice(0, 500)}`);
}

/** The most memory that a process has had resident, in MiB. */
export function peakMebibytes(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}
