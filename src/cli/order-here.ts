import type { Database } from '../database/open-database.ts';
import { toPublicError } from '../errors/index.ts';
import { SYNC_JOB, type SyncJob } from '../jobs/job-names.ts';
import { performWork } from '../jobs/perform-work.ts';
import { createRequestRun } from '../jobs/request-run.ts';
import { workOf } from '../jobs/run-work.ts';
import { realClock } from '../lib/clock.ts';
import type { RequestRun } from '../services/sources/order-run.ts';
import type { OnRunProgress } from '../sync/run-dependencies.ts';
import { finishRun } from '../sync/run-record.ts';
import { createWorkerIdentity, WAITING_WORKER } from '../sync/worker-identity.ts';
import type { SourceWork } from './source-context.ts';
import type { Terminal } from './terminal.ts';
import { terminalLogger } from './terminal-logger.ts';

/** Orders runs that this process then does itself: the command line needs no hub to be running. */
export interface RunsHere {
  readonly requestRun: RequestRun;
  /** Whether a run was ordered here, or is another's that it met. */
  isOrdered(runId: number): boolean;
  /** Does what was ordered; resolves at once where nothing was, since the run is another's. */
  perform(parts: SourceWork, onProgress: OnRunProgress, signal: AbortSignal): Promise<void>;
  /** Ends what was ordered and will not be done, saying why; others would wait for it. */
  giveUp(error: unknown): Promise<void>;
}

export async function createRunsHere(terminal: Terminal, database: Database): Promise<RunsHere> {
  const logger = terminalLogger(terminal);
  const me = await createWorkerIdentity();
  const ordered: SyncJob[] = [];
  const queue = {
    add: async (name: string, data: object): Promise<void> => {
      if (name === SYNC_JOB) ordered.push(data as SyncJob);
    },
  };
  return {
    requestRun: createRequestRun({ database, queue, clock: realClock, logger, me, readTrigger: 'command' }),
    isOrdered: (runId) => ordered.some((job) => job.runId === runId),
    async perform({ source, domainClock, shared, raw }, onProgress, signal) {
      const common = { database, clock: realClock, domainClock, random: Math.random, logger };
      for (const { runId, work } of ordered.splice(0)) {
        await performWork(
          { ...common, me, shared, raw, onProgress },
          { source, trigger: 'command', work: workOf({ ...(work && { work }) }), signal, ...(runId && { runId }) },
        );
      }
    },
    async giveUp(error) {
      const { code, message, extensions } = toPublicError(error);
      const failure = { code, message, retryable: extensions.retryable };
      for (const { runId } of ordered.splice(0)) {
        if (runId !== undefined)
          await finishRun(
            database.fork(),
            { runId, worker: WAITING_WORKER },
            {
              state: 'FAILED',
              failure,
              now: realClock.now(),
            },
          );
      }
    },
  };
}
