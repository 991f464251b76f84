import type { RunWork } from '../services/sources/order-run.ts';
import { replayRejections } from '../sync/replay-rejections.ts';
import { replayRun } from '../sync/replay-run.ts';
import { type RunDependencies, type RunOutcome, type RunRequest, runSource } from '../sync/run-source.ts';

export interface WorkRequest extends Omit<RunRequest, 'range'> {
  readonly work: RunWork;
}

/** Does what a run is to do, whoever asked for it: a worker that took a job, or the command line. */
export function performWork(dependencies: RunDependencies, request: WorkRequest): Promise<RunOutcome> {
  const { work, source, signal, runId, comesAgain = false } = request;
  const common = { source, signal, comesAgain, ...(runId === undefined ? {} : { runId }) };
  switch (work.kind) {
    case 'read':
      return runSource(dependencies, { ...common, trigger: request.trigger });
    case 'backfill':
      return runSource(dependencies, { ...common, trigger: 'backfill', range: { from: work.from, to: work.to } });
    case 'replay': {
      const { stream, since, until } = work;
      const part = { ...(stream && { stream }), ...(since && { since }), ...(until && { until }) };
      return replayRun(dependencies, { ...common, ...part, trigger: 'replay' });
    }
    case 'rejections':
      return replayRejections(dependencies, { ...common, ...(work.ids && { ids: work.ids }) });
  }
}
