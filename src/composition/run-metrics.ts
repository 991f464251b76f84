import type { DriftNote } from '../../connectors/kit/connector.ts';
import type { Metrics } from '../observability/index.ts';
import type { RunCounts } from '../sync/run-counts.ts';

const OUTCOMES = ['accepted', 'unchanged', 'rejected'] as const;

/** Counts what runs bring and notice, whether a worker reads or a gateway is pushed to. */
export function runMetrics({ runs }: Pick<Metrics, 'runs'>) {
  return {
    onDrift: (sourceId: string, drift: readonly DriftNote[]): void => {
      for (const { kind, count } of drift) runs.countDrift(sourceId, kind, count);
    },
    onRunEnd: (
      sourceId: string,
      { state, counts }: { readonly state: string; readonly counts: RunCounts },
      seconds: number,
    ): void => {
      runs.ended(sourceId, state, seconds);
      for (const outcome of OUTCOMES) runs.countObservations(sourceId, outcome, counts[outcome]);
    },
  };
}
