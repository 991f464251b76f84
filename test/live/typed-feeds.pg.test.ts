import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { loadReference } from '../../seeds/reference.ts';
import type { Api } from '../../src/api/index.ts';
import { realClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { ChangeFeed } from '../../src/live/change-feed.ts';
import { toFeedOperation } from '../../src/live/feed-operation.ts';
import { LiveEngine } from '../../src/live/live-engine.ts';
import { noLiveMetrics } from '../../src/live/live-metrics.ts';
import type { PreparedOperation } from '../../src/live/operation.ts';
import { PgChangeSource } from '../../src/live/pg-change-source.ts';
import { anonymousRights } from '../../src/services/rights.ts';
import { completeSnapshot } from '../../src/unify/absence.ts';
import { applyCorrection, withdrawCorrection } from '../../src/unify/corrections.ts';
import { sweepStaleness } from '../../src/unify/staleness.ts';
import { createTestApi } from '../api/support/use-api.ts';
import { useDatabase } from '../support/database.ts';
import { addSource, deployment, hours, recorded, tell } from '../unify/support.ts';
import { RecordingSink } from './support/recording-sink.ts';

const SEED = 27_062_025;
const STEPS = 120;
const PROVINCES = ['01', '04', '08', '11', '12', '79'];
const STATUSES = ['PILOT', 'READY', 'OPERATING'];
const VENDORS = [['VNPT'], ['VIETTEL'], ['VIETTEL', 'VNPT'], null];

const DEPLOYMENTS = /* GraphQL */ `
  subscription ($snapshot: Boolean) {
    deployments(snapshot: $snapshot) {
      __typename
      ... on FeedReady { cursor }
      ... on DeploymentSnapshot { cursor complete nodes { id ...Row } }
      ... on DeploymentChange { cursor seq kind cause entityId node { ...Row } }
    }
  }
  fragment Row on Deployment { status staleSince vendors { id } province { name } }
`;
const CONFLICTS = /* GraphQL */ `
  subscription ($snapshot: Boolean) {
    conflicts(snapshot: $snapshot) {
      __typename
      ... on FeedReady { cursor }
      ... on ConflictSnapshot { cursor complete nodes { id ...Row } }
      ... on ConflictChange { cursor seq kind cause entityId node { ...Row } }
    }
  }
  fragment Row on Conflict { attribute claims { value source { id } } }
`;

const store = useDatabase();

function seeded(seed: number): <Value>(values: readonly Value[]) => Value {
  let state = seed;
  return (values) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return values[Math.floor((state / 2 ** 32) * values.length)] as (typeof values)[number];
  };
}

/** One thing that can happen to what the hub knows. */
async function happen(step: number, pick: ReturnType<typeof seeded>): Promise<void> {
  const em = store.em();
  const now = recorded(step);
  const province = pick(PROVINCES);
  const what = pick(['tell', 'tell', 'tell', 'tell', 'snapshot', 'sweep', 'correct', 'withdraw']);
  const attributes: Record<string, Json> = { status: pick(STATUSES), vendors: pick(VENDORS) };
  if (what === 'tell') {
    const others = PROVINCES.filter(() => pick([true, false]));
    const observations = [province, ...others].map((code) => deployment(code, attributes, hours(step)));
    const unique = [...new Map(observations.map((one) => [one.key.province, one])).values()];
    await tell(em, pick(['a', 'b', 'c']), unique, { recordedAt: now });
  } else if (what === 'snapshot') {
    const snapshot = {
      stream: 'main',
      kinds: ['deployment'],
      startedAt: recorded(step - 6),
      now,
      observedAt: hours(step),
    };
    await em.transactional((tx) =>
      completeSnapshot(tx as never, { ...snapshot, sourceId: pick(['a', 'b', 'c']), runId: null }),
    );
  } else if (what === 'sweep') {
    await em.transactional((tx) => sweepStaleness(tx as never, { now }));
  } else if (what === 'correct') {
    const correction = { id: `c${step % 4}-${step}`, kind: 'deployment' as const, entityId: `${province}:TTHC` };
    const clocks = { recordedAt: now, observedAt: hours(step) };
    made.push(correction.id);
    await em.transactional((tx) =>
      applyCorrection(
        tx as never,
        { ...correction, attributes: { status: pick(STATUSES) }, reason: 'test', by: 'test' },
        clocks,
      ),
    );
  } else {
    const id = made.shift();
    const clocks = { recordedAt: now, observedAt: hours(step) };
    if (id) await em.transactional((tx) => withdrawCorrection(tx as never, { id, by: 'test', reason: null }, clocks));
  }
}
const made: string[] = [];

/** What a client has that takes the snapshot and then each change. */
function addedUp(sink: RecordingSink): Map<string, unknown> {
  const rows = new Map<string, unknown>();
  for (const { nodes, seq, kind, entityId, node } of sink.events) {
    for (const { id, ...row } of (nodes ?? []) as { id: string }[]) rows.set(id, row);
    if (seq && kind === 'REMOVED') rows.delete(entityId as string);
    else if (seq) rows.set(entityId as string, node);
  }
  return new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe(`typed feeds over what unify writes (seed ${SEED})`, () => {
  let api: Api;
  let feed: ChangeFeed;
  let engine: LiveEngine;
  const open = async (query: string, snapshot = true): Promise<RecordingSink> => {
    const prepared = (await api.prepareOperation(
      { query, variables: { snapshot } },
      anonymousRights,
    )) as PreparedOperation;
    const sink = new RecordingSink();
    engine.open(toFeedOperation(prepared, anonymousRights, engine.fields) as never, sink);
    return sink;
  };
  /** What the fields say when asked afresh. */
  const asked = async (query: string): Promise<Map<string, unknown>> => {
    const sink = await open(query);
    await sink.until(() => sink.events.at(-1)?.complete === true);
    return addedUp(sink);
  };

  beforeAll(async () => {
    await loadReference(store.em());
    for (const [rank, id] of ['a', 'b', 'c'].entries()) await addSource(store.em(), id, rank + 1, 15 * 60);
    api = await createTestApi(store.database());
    const source = new PgChangeSource(store.database(), silentLogger);
    feed = new ChangeFeed({ source, clock: realClock, logger: silentLogger, metrics: noLiveMetrics });
    const { feedFields: fields, createContext, formatError } = api;
    engine = new LiveEngine({ feed, source, fields, createContext, formatError, metrics: noLiveMetrics });
    await feed.start();
  });
  afterAll(async () => {
    engine.stop();
    feed.stop();
    await api.stop();
  });

  it('add up to the state, whenever a client came: snapshot, removals, conflicts, corrections, staleness', async () => {
    const pick = seeded(SEED);
    const clients: { query: string; sink: RecordingSink }[] = [];
    const whole = await open(
      'subscription { changes { __typename ... on Change { cursor seq kind cause entityKind } } }',
    );
    await whole.untilType('FeedReady');
    for (let step = 1; step <= STEPS; step++) {
      const happening = happen(step, pick);
      if (step % 6 === 0) {
        for (const query of [DEPLOYMENTS, CONFLICTS]) clients.push({ query, sink: await open(query) });
        await nextTurn();
      }
      await happening;
    }
    // The last thing: a deployment that was not there, on which sources disagree. Everyone is still there to be told.
    await tell(store.em(), 'a', [deployment('14', { status: 'PILOT' }, hours(STEPS))], { recordedAt: recorded(STEPS) });
    await tell(store.em(), 'b', [deployment('14', { status: 'READY' }, hours(STEPS))], { recordedAt: recorded(STEPS) });
    await feed.refresh();
    await whole.untilSeq(feed.position().seq);
    const expected = new Map([
      [DEPLOYMENTS, await asked(DEPLOYMENTS)],
      [CONFLICTS, await asked(CONFLICTS)],
    ]);
    for (const { query, sink } of clients) {
      const isConflict = query === CONFLICTS;
      const last = whole.events.filter(({ entityKind }) => (entityKind === 'CONFLICT') === isConflict).at(-1);
      await sink.untilSeq(last?.seq as number);
      expect(addedUp(sink)).toEqual(expected.get(query));
    }
    const kindsOf = (field: string): Set<unknown> => new Set(whole.events.slice(1).map((event) => event[field]));
    expect(kindsOf('kind')).toEqual(new Set(['CREATED', 'UPDATED', 'REMOVED']));
    expect(kindsOf('entityKind')).toEqual(new Set(['DEPLOYMENT', 'CONFLICT']));
    expect([...kindsOf('cause')].sort()).toEqual(['ABSENT', 'CORRECTED', 'CORRECTION_WITHDRAWN', 'OBSERVED', 'STALE']);
    expect((expected.get(DEPLOYMENTS) as Map<string, unknown>).size).toBeGreaterThan(3);
  });
});
