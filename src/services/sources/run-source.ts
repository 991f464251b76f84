import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { BadUserInputError, NotFoundError } from '../../errors/index.ts';
import { keyOfArgument } from '../reading/global-id.ts';
import type { Reading } from '../reading/reading.ts';
import type { SyncRunView } from '../reading/sync-runs.ts';
import {
  actOnSource,
  type DoneAction,
  performAction,
  type SourceActionParts,
  type SourceActionRequest,
  type SourceActionResult,
} from './act-on-source.ts';

type Parts = Pick<SourceActionParts, 'requestRun'>;

/** What the record of a run says of who gave no reason. */
const NO_REASON = 'No reason was given.';

/**
 * Runs a source now, a paused one too, or joins the run that is going on. Throws NOT_FOUND, FORBIDDEN, UNAUTHENTICATED, or
 * BAD_USER_INPUT for a source that nobody pulls and for a reason that says nothing.
 */
export async function syncNow(
  reading: Reading,
  { source, reason }: Omit<SourceActionRequest, 'reason'> & { readonly reason?: string | null },
  { requestRun }: Parts,
): Promise<DoneAction & { readonly run: SyncRunView }> {
  const done = await performAction(
    reading,
    { source, reason: reason ?? NO_REASON },
    { name: 'RUN', kinds: ['pull'], perform: ({ code, by, record }) => requestRun(code, by, { record }) },
  );
  if (!done.run) throw new NotFoundError('run of source', done.source.code);
  return { ...done, run: done.run };
}

/** Reads again what the upstream has of a range of its time; checkpoints stay where they are. */
export function backfillSource(
  reading: Reading,
  request: SourceActionRequest & { readonly from: Date; readonly to: Date },
  { requestRun }: Parts,
): Promise<SourceActionResult> {
  const { from, to } = request;
  return actOnSource(reading, request, {
    name: 'BACKFILL',
    arguments: { from: from.toISOString(), to: to.toISOString() },
    kinds: ['pull'],
    perform: async ({ code, by, record }) => {
      requireOrder(from, to, 'to');
      if (from > reading.domainClock.now()) throw fault('from', 'Nothing has happened yet that could be read.');
      return requestRun(code, by, { work: { kind: 'backfill', from, to }, record });
    },
  });
}

/** Decodes what is stored of earlier answers by today's contract and mapping; the upstream is not asked. */
export function replaySource(
  reading: Reading,
  request: SourceActionRequest & {
    readonly stream?: string | null;
    readonly since?: Date | null;
    readonly until?: Date | null;
  },
  { requestRun }: Parts,
): Promise<SourceActionResult> {
  const { stream = null, since = null, until = null } = request;
  return actOnSource(reading, request, {
    name: 'REPLAY',
    arguments: { stream, since: since?.toISOString() ?? null, until: until?.toISOString() ?? null },
    kinds: ['pull', 'push'],
    perform: async ({ code, by, record }) => {
      if (since && until) requireOrder(since, until, 'until');
      return requestRun(code, by, {
        work: { kind: 'replay', stream, since, until },
        record: async (em, runId) => {
          if (stream !== null) await requireStored(em, code, stream);
          await record(em, runId);
        },
      });
    },
  });
}

async function requireStored(em: EntityManager, code: string, stream: string): Promise<void> {
  const found = await sql<{ stream: string }>`select distinct stream from raw_answer
    where source_id = ${code} order by stream`.execute(em.getKysely());
  const stored = found.rows.map((row) => row.stream);
  if (stored.includes(stream)) return;
  const there = stored.length > 0 ? `of ${stored.join(', ')}` : 'of no stream';
  throw fault('stream', `Nothing is stored of a stream "${stream}" of "${code}"; there is something ${there}.`);
}

/** Converts again what was rejected and is not settled: those that are named, or all of the source. */
export function replayRejections(
  reading: Reading,
  request: SourceActionRequest & { readonly rejections?: readonly string[] | null },
  { requestRun }: Parts,
): Promise<SourceActionResult> {
  const given = request.rejections ?? null;
  return actOnSource(reading, request, {
    name: 'REPLAY_REJECTIONS',
    arguments: { rejections: given && [...given] },
    kinds: ['pull', 'push'],
    perform: async ({ code, by, record }) => {
      const ids = given === null ? null : given.map(rejectionNumber);
      return requestRun(code, by, { work: { kind: 'rejections', ids }, record });
    },
  });
}

function rejectionNumber(argument: string): number {
  const number = Number(keyOfArgument('Rejection', argument));
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw fault('rejections', `"${argument}" is not the id of a rejection.`);
}

function requireOrder(from: Date, to: Date, name: string): void {
  if (from >= to) throw fault(name, `"${name}" must be later than the beginning, ${from.toISOString()}.`);
}

const fault = (name: string, message: string): BadUserInputError => new BadUserInputError(message, { path: [name] });
