import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Database } from '../database/open-database.ts';
import { ConflictError, NotFoundError, UnavailableError } from '../errors/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { RequestRun, RunOrder, RunWork } from '../services/sources/order-run.ts';
import { claimRun, type RunClaim } from '../sync/claim-run.ts';
import { finishRun, type RunTrigger } from '../sync/run-record.ts';
import { isPlainRead, type RunningRun } from '../sync/vanished-runs.ts';
import { WAITING_WORKER, type WorkerIdentity } from '../sync/worker-identity.ts';
import { SYNC_JOB, type SyncJob } from './job-names.ts';
import type { JobQueue } from './queue-backend.ts';
import { toStoredWork } from './run-work.ts';

const READ: RunWork = { kind: 'read' };
const TRIGGER_OF: Readonly<Record<Exclude<RunWork['kind'], 'read'>, RunTrigger>> = {
  backfill: 'backfill',
  replay: 'replay',
  rejections: 'replay',
};

/**
 * The run record is made here, in the name of no worker yet, and the job carries its id: so whoever asks can follow the
 * run from the first moment, and two who ask at once follow the same. A plain run that is going on already is the answer
 * to who asks for a plain one; who asks for anything else, or meets anything else, is told to wait for it.
 */
export function createRequestRun(parts: {
  database: Pick<Database, 'fork'>;
  queue: Pick<JobQueue, 'add'>;
  clock: Clock;
  logger: Logger;
  me: WorkerIdentity;
  /** What the record says began a plain read; default `request`. */
  readTrigger?: RunTrigger;
}): RequestRun {
  const { database, queue, clock, logger } = parts;
  return async (sourceId, by, order = {}) => {
    const work = order.work ?? READ;
    const claim = await database
      .fork()
      .transactional((em) => claimFor(em as EntityManager, sourceId, { ...order, work }, parts));
    const { runId } = claim;
    logger.info({ sourceId, by, runId, work: work.kind, joined: !claim.claimed }, 'a run was asked for');
    if (!claim.claimed) return runId;
    const job: SyncJob = { sourceId, trigger: 'request', runId, ...toStoredWork(work) };
    try {
      // lifo: somebody waits for this one.
      await queue.add(SYNC_JOB, job, { lifo: true });
    } catch (cause) {
      const failure = new UnavailableError('The job queue', { cause });
      const { code, message, retryable } = failure;
      await finishRun(
        database.fork(),
        { runId, worker: WAITING_WORKER },
        {
          state: 'FAILED',
          failure: { code, message, retryable },
          now: clock.now(),
        },
      );
      throw failure;
    }
    return runId;
  };
}

async function claimFor(
  em: EntityManager,
  sourceId: string,
  { work, record }: RunOrder & { work: RunWork },
  { clock, me, readTrigger = 'request' }: { clock: Clock; me: WorkerIdentity; readTrigger?: RunTrigger },
): Promise<RunClaim> {
  await requireRunnable(em, sourceId, work);
  const trigger = work.kind === 'read' ? readTrigger : TRIGGER_OF[work.kind];
  const claim = await claimRun(em, { sourceId, trigger, worker: WAITING_WORKER, me, now: clock.now() });
  if (!claim.claimed && !(work.kind === 'read' && isPlainRead(claim.met))) throw isInTheWay(sourceId, claim.met);
  await record?.(em, claim.runId);
  return claim;
}

function isInTheWay(sourceId: string, { id, trigger }: RunningRun): ConflictError {
  const what = trigger === 'backfill' || trigger === 'replay' ? ` (a ${trigger})` : '';
  const message = `Run ${id} of "${sourceId}"${what} is going on; wait for its end and ask again.`;
  return new ConflictError(message, { retryable: true });
}

async function requireRunnable(em: EntityManager, sourceId: string, work: RunWork): Promise<void> {
  const found = await sql<{ enabled: boolean; kind: string; parent: string | null }>`
    select enabled, kind, parent_id as parent from source where id = ${sourceId}`.execute(em.getKysely());
  const source = found.rows[0];
  if (!source) throw new NotFoundError('source', sourceId);
  if (source.parent) throw new ConflictError(`"${sourceId}" is a voice of "${source.parent}"; read that one instead.`);
  // What a source sent by itself can be read again from what is stored, and in no other way.
  const isStored = work.kind === 'replay' || work.kind === 'rejections';
  if (source.kind !== 'pull' && !(source.kind === 'push' && isStored))
    throw new ConflictError(`"${sourceId}" is not a source that the hub reads.`);
  if (!source.enabled)
    throw new ConflictError(`The source "${sourceId}" is switched off: the sources file no longer names it.`);
}
