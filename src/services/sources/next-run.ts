import { type Reading, remembered } from '../reading/reading.ts';
import type { SourceView } from '../reading/views.ts';
import type { NextRuns } from './order-run.ts';
import { stateOf } from './source-state.ts';

/** When a source is due next by its schedule; null while it is paused, and where it has none. */
export async function nextRunOf(reading: Reading, source: SourceView, nextRuns: NextRuns): Promise<Date | null> {
  if (source.kind !== 'pull' || !source.enabled) return null;
  const [state, runs] = await Promise.all([
    stateOf(reading, source),
    remembered(reading, 'next runs', () => nextRuns()),
  ]);
  return state.status === 'ACTIVE' ? (runs.get(source.code) ?? null) : null;
}
