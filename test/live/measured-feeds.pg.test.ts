import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Measurement } from '../../schema/observation.ts';
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
import { anonymousRights, createRights } from '../../src/services/rights.ts';
import { createTestApi } from '../api/support/use-api.ts';
import { useDatabase } from '../support/database.ts';
import { ingestMeasurements } from '../support/ingest-measurements.ts';
import { addSource, hours, recorded } from '../unify/support.ts';
import { RecordingSink } from './support/recording-sink.ts';

const SEED = 26_062_025;
const ROUNDS = 40;
const PROVINCES = ['01', '04', '08'];
const UNITS = ['FP-AN-GIANG', 'FP-KIEN-GIANG', 'CB-VAN-PHONG-TRUNG-UONG-DANG'];
const DAY_MS = 86_400_000;
const FIRST_DAY = Date.parse('2025-06-25T17:00:00Z');

const feedOf = (field: string, type: string, row: string): string => /* GraphQL */ `
  subscription ($snapshot: Boolean) {
    ${field}(snapshot: $snapshot) {
      __typename
      ... on FeedReady { cursor }
      ... on ${type}Snapshot { cursor complete nodes { id ...Row } }
      ... on ${type}Change { cursor seq kind entityId transaction { id last } sources { code } node { id ...Row } }
    }
  }
  fragment Row on ${row}
`;
const FEEDS = [
  [
    'SERVICE_HEALTH',
    feedOf(
      'serviceHealth',
      'ServiceHealth',
      'ServiceHealth { measuredAt uptimePercent alerts simulated source { code } province { code } }',
    ),
  ],
  [
    'USAGE_STATISTICS',
    feedOf(
      'usageStatistics',
      'UsageStatistics',
      'UsageStatistics { unit { code } periodStart logins document source { code } }',
    ),
  ],
  [
    'DOSSIER_STATISTICS',
    feedOf(
      'dossierStatistics',
      'DossierStatistics',
      'DossierDay { day received overdue rowCount ofCommunes province { code } source { code } }',
    ),
  ],
] as const;

const store = useDatabase();

function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What some source measures next: of few entities, so that corrections and rivals are many. */
function measurements(below: (limit: number) => number): Measurement[] {
  const dossiers = Array.from({ length: 1 + below(20) }, (): Measurement => {
    const commune = below(4);
    const received = below(9);
    return {
      class: 'measurement',
      kind: 'dossierStatistics',
      key: {
        province: PROVINCES[below(3)] as string,
        procedure: `1.${below(3)}`,
        ...(commune > 0 && { commune: `c${commune}` }),
      },
      day: new Date(FIRST_DAY + below(2) * DAY_MS),
      values: { received, online: 0, onTime: below(3), overdue: below(2) },
    };
  });
  // Of one moment each: what a client adds up is then what the hub shows as the latest.
  const health = Array.from(
    { length: below(3) },
    (): Measurement => ({
      class: 'measurement',
      kind: 'serviceHealth',
      key: { province: PROVINCES[below(3)] as string, system: 'TTHC', vendor: 'VNPT' },
      measuredAt: hours(1),
      values: { uptimePercent: 90 + below(3), cpuPercent: 1, memoryPercent: 1, trafficMbps: 1, alerts: below(2) },
      detail: { simulated: true },
    }),
  );
  const usage = Array.from(
    { length: below(3) },
    (): Measurement => ({
      class: 'measurement',
      kind: 'usageStatistics',
      key: { unit: UNITS[below(3)] as string },
      periodStart: hours(0),
      periodEnd: hours(168),
      values: { users: 1, logins: below(3), documentsIn: 1, documentsOut: 1, documentsPassedOn: 1 },
      detail: { document: 'tuần.txt' },
    }),
  );
  return [...dossiers, ...health, ...usage];
}

/** What a client has that takes the snapshot and then each change. */
function addedUp(sink: RecordingSink): Map<string, unknown> {
  const rows = new Map<string, unknown>();
  for (const { nodes, seq, entityId, node } of sink.events) {
    for (const { id, ...row } of (nodes ?? []) as { id: string }[]) rows.set(id, row);
    if (!seq) continue;
    const { id, ...row } = node as { id: string };
    expect(id).toBe(entityId);
    rows.set(id, row);
  }
  return new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe(`what is measured, live (seed ${SEED})`, () => {
  let api: Api;
  let feed: ChangeFeed;
  let engine: LiveEngine;
  const open = async (query: string, rights = anonymousRights): Promise<RecordingSink> => {
    const request = { query, variables: { snapshot: true } };
    const prepared = (await api.prepareOperation(request, rights)) as PreparedOperation;
    const sink = new RecordingSink();
    engine.open(toFeedOperation(prepared, rights, engine.fields) as never, sink);
    return sink;
  };
  const asked = async (query: string): Promise<Map<string, unknown>> => {
    const sink = await open(query);
    await sink.until(() => sink.events.at(-1)?.complete === true);
    return addedUp(sink);
  };

  beforeAll(async () => {
    await loadReference(store.em());
    for (const [rank, id] of ['a', 'b', 'c'].entries()) await addSource(store.em(), id, rank + 1);
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

  it('adds up to what is asked afresh, whenever a client came, with writers of three sources at once', async () => {
    const below = seeded(SEED);
    const whole = await open(
      'subscription { changes { __typename ... on Change { cursor seq entityKind before after entityId } } }',
    );
    await whole.untilType('FeedReady');
    const clients: { kind: string; query: string; sink: RecordingSink }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const writing = ['a', 'b', 'c'].map((sourceId) => {
        const batch = { sourceId, runId: null, measurements: measurements(below), recordedAt: recorded(round) };
        return store.em().transactional((em) => ingestMeasurements(em, batch));
      });
      if (round % 5 === 0) {
        for (const [kind, query] of FEEDS) clients.push({ kind, query, sink: await open(query) });
        await nextTurn();
      }
      await Promise.all(writing);
    }
    await feed.refresh();
    await whole.untilSeq(feed.position().seq);
    const changes = whole.events.filter(({ seq }) => seq);
    for (const [kind, query] of FEEDS) {
      const expected = await asked(query);
      expect(expected.size).toBeGreaterThan(2);
      const last = changes.filter(({ entityKind }) => entityKind === kind).at(-1);
      for (const { sink } of clients.filter((client) => client.kind === kind)) {
        const cursor = sink.events[0]?.cursor as string;
        if ((last?.cursor as string) > cursor) await sink.untilSeq(last?.seq as number);
        expect(addedUp(sink)).toEqual(expected);
      }
    }
    const held = new Map<unknown, unknown>();
    for (const { entityKind, entityId, before, after } of changes) {
      const entity = `${entityKind} ${entityId}`;
      expect(before).toEqual(held.get(entity) ?? null);
      expect(after).not.toEqual(before);
      held.set(entity, after);
    }
  });

  it('comes to a key for one province only of that province, and what is filtered out keeps no border', async () => {
    const mine = await open(FEEDS[2][1], createRights({ ...anonymousRights, provinces: ['04'], keyId: 'k' }));
    const health =
      await open(`subscription ($snapshot: Boolean) { serviceHealth(snapshot: $snapshot, filter: { provinces: ["08"] }) {
      __typename ... on FeedReady { cursor } ... on ServiceHealthChange { cursor seq node { province { code } } transaction { last } } } }`);
    await Promise.all([mine.untilType('FeedReady'), health.untilType('FeedReady')]);
    const dossier = (province: string): Measurement => ({
      class: 'measurement',
      kind: 'dossierStatistics',
      key: { province, procedure: '1.9' },
      day: new Date(FIRST_DAY),
      values: { received: 1_000, online: 0, onTime: 0, overdue: 0 },
    });
    const healthOf = (province: string): Measurement => ({
      class: 'measurement',
      kind: 'serviceHealth',
      key: { province, system: 'HOP', vendor: 'VNPT' },
      measuredAt: hours(2),
      values: { uptimePercent: 1, cpuPercent: 1, memoryPercent: 1, trafficMbps: 1, alerts: 1 },
    });
    const all = ['01', '04', '08', '11'];
    const batch = { sourceId: 'a', runId: null, recordedAt: recorded(ROUNDS) };
    await store
      .em()
      .transactional((em) =>
        ingestMeasurements(em, { ...batch, measurements: [...all.map(dossier), ...all.map(healthOf)] }),
      );
    await feed.refresh();
    await mine.until(() => mine.events.some(({ seq }) => seq));
    await health.until(() => health.events.some(({ seq }) => seq));
    const nodesOf = (sink: RecordingSink) =>
      sink.events
        .filter(({ seq }) => seq)
        .map(({ node, transaction }) => [node, transaction] as Record<string, never>[]);
    expect(nodesOf(mine)).toMatchObject([[{ province: { code: '04' } }, { last: true }]]);
    expect(nodesOf(health)).toMatchObject([[{ province: { code: '08' } }, { last: true }]]);
  });
});
