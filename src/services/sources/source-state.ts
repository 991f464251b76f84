import { readSourceRuns, type SourceRunsRow } from '../../database/operations/read/sources.ts';
import type { Reading } from '../reading/reading.ts';
import { holdingsOf } from '../reading/sync-runs.ts';
import type { SourceView } from '../reading/views.ts';
import { batched } from './batched.ts';
import { type Judgement, judgeFreshness, judgeSource, type SourceFacts, type SourceFreshness } from './judge-source.ts';

/** How a source stands just now. */
export interface SourceStateView extends Judgement {
  readonly pausedAt: Date | null;
  readonly lastSuccessAt: Date | null;
}

export interface SourceFreshnessView {
  readonly freshness: SourceFreshness;
  readonly staleSince: Date | null;
}

/** How a source stands: a few statements for all sources that are asked for. */
export async function stateOf(reading: Reading, source: SourceView): Promise<SourceStateView> {
  const facts = await factsOf(reading, source);
  const { pausedAt, lastSuccess } = facts;
  const judgement = judgeSource(facts, reading.clock.now());
  return { ...judgement, pausedAt, lastSuccessAt: lastSuccess?.finishedAt ?? null };
}

/** How fresh what a source said is: one statement more, over what is in force. */
export async function freshnessOf(reading: Reading, source: SourceView): Promise<SourceFreshnessView> {
  const [facts, holdings] = await Promise.all([factsOf(reading, source), holdingsOf(reading, source.code)]);
  return judgeFreshness(facts, holdings, reading.clock.now());
}

/** The health of every source, by code; to see which changed though nothing happened to it. */
export async function healthOfAll(reading: Reading): Promise<ReadonlyMap<string, string>> {
  const sources = reading.reference.all('Source');
  const states = await Promise.all(sources.map((source) => stateOf(reading, source)));
  return new Map(sources.map(({ code }, index) => [code, states[index]?.health ?? 'OK']));
}

async function factsOf(reading: Reading, source: SourceView): Promise<SourceFacts> {
  // A voice is heard when the source that delivers it is read; so are its runs and pauses.
  const runs = await runsOf(reading, source.parentCode ?? source.code);
  const { kind, enabled, schedule, ttlSeconds } = source;
  const lastSuccess = successOf(runs);
  // Measurements leave no statement behind, so a run that brought any counts as heard as well.
  const heard = await holdingsOf(reading, source.code);
  const lastEnded = endedOf(runs);
  const broughtAt = lastEnded?.state === 'PARTIAL' && lastEnded.read > 0 ? lastEnded.at : null;
  const lastHeardAt = later(heard.lastSeenAt, later(lastSuccess?.finishedAt ?? null, broughtAt));
  const { pausedAt, failures } = runs;
  return {
    kind,
    enabled,
    schedule,
    ttlSeconds,
    pausedAt,
    failures,
    lastSuccess,
    lastEnded,
    lastHeardAt,
  };
}

function runsOf(reading: Reading, source: string): Promise<SourceRunsRow> {
  const read = async (sources: readonly string[]) =>
    new Map((await readSourceRuns(reading.reader, sources)).map((row) => [row.source, row]));
  return batched(reading, 'runs', source, read, NO_RUNS);
}

const NO_RUNS: SourceRunsRow = {
  source: '',
  pausedAt: null,
  endedState: null,
  endedAt: null,
  endedMessage: null,
  endedRead: null,
  endedRejected: null,
  succeededStartedAt: null,
  succeededAt: null,
  failures: 0,
};

function endedOf(runs: SourceRunsRow): SourceFacts['lastEnded'] {
  const { endedState: state, endedAt: at, endedMessage: message, endedRead, endedRejected } = runs;
  return state && at ? { state, at, message, read: endedRead ?? 0, rejected: endedRejected ?? 0 } : null;
}

function successOf({ succeededStartedAt, succeededAt }: SourceRunsRow): SourceFacts['lastSuccess'] {
  return succeededStartedAt && succeededAt ? { startedAt: succeededStartedAt, finishedAt: succeededAt } : null;
}

function later(one: Date | null, other: Date | null): Date | null {
  if (!one || !other) return one ?? other;
  return one > other ? one : other;
}
