import { sql } from 'kysely';
import type { Database } from '../database/open-database.ts';
import { ConflictError, NotFoundError, UnavailableError } from '../errors/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { claimRun, finishRun } from '../sync/run-record.ts';
import { WAITING_WORKER, type WorkerIdentity } from '../sync/worker-identity.ts';
import { SYNC_JOB } from './job-names.ts';
import type { JobQueue } from './queue-backend.ts';

/** Asks for a run of a source; gives the id of its record at once. `by` is who asks, for the log. */
export type RequestRun = (sourceId: string, by: string) => Promise<number>;

/**
 * The run record is made here, in the name of no worker yet, and the job carries its id: so whoever asks can follow the
 * run from the first moment, and two who ask at once follow the same. One that is going on already is the answer.
 */
export function createRequestRun(parts: {
  database: Pick<Database, 'fork'>;
  queue: Pick<JobQueue, 'add'>;
  clock: Clock;
  logger: Logger;
  me: WorkerIdentity;
}): RequestRun {
  const { database, queue, clock, logger, me } = parts;
  return async (sourceId, by) => {
    const em = database.fork();
    const found = await sql<{ enabled: boolean; kind: string; parent: string | null }>`
      select enabled, kind, parent_id as parent from source where id = ${sourceId}`.execute(em.getKysely());
    const source = found.rows[0];
    if (!source) throw new NotFoundError('source', sourceId);
    if (source.parent)
      throw new ConflictError(`"${sourceId}" is a voice of "${source.parent}"; read that one instead.`);
    if (source.kind !== 'pull') throw new ConflictError(`"${sourceId}" is not a source that the hub reads.`);
    if (!source.enabled)
      throw new ConflictError(`The source "${sourceId}" is switched off: the sources file no longer names it.`);
    const claim = await claimRun(em, { sourceId, trigger: 'request', worker: WAITING_WORKER, me, now: clock.now() });
    logger.info({ sourceId, by, runId: claim.runId, joined: !claim.claimed }, 'a run was asked for');
    if (!claim.claimed) return claim.runId;
    try {
      // lifo: somebody waits for this one.
      await queue.add(SYNC_JOB, { sourceId, trigger: 'request', runId: claim.runId }, { lifo: true });
    } catch (cause) {
      const failure = new UnavailableError('The job queue', { cause });
      const { code, message, retryable } = failure;
      await finishRun(database.fork(), claim.runId, {
        state: 'FAILED',
        failure: { code, message, retryable },
        now: clock.now(),
      });
      throw failure;
    }
    return claim.runId;
  };
}
