import { describe, expect, test } from '@jest/globals';
import { createDefaultSources } from '../../connectors/default-sources.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { useDatabase } from '../support/database.ts';
import { ingestMeasurements } from '../support/ingest-measurements.ts';
import { loadGround, loadJune, TOLD_REPORT } from './support/june-hub.ts';
import type { Loose } from './support/loose.ts';
import { rightsOf, useApi } from './support/use-api.ts';

const WEEK = { periodStart: new Date('2025-06-13T00:00:00+07:00'), periodEnd: new Date('2025-06-20T00:00:00+07:00') };
const NEXT = { periodStart: WEEK.periodEnd, periodEnd: new Date('2025-06-27T00:00:00+07:00') };
const TOLD_NEXT = new Date('2026-01-10T00:00:00Z');

const store = useDatabase();
const { ask } = useApi(store.database, async () => {
  await loadGround(store.database());
  await loadJune(store.database());
  await addRival();
});

/** A second source of lower standing: it gives the same week of one unit otherwise, and alone a later week of it. */
async function addRival(): Promise<void> {
  const source = {
    id: 'rival',
    connector: 'party-operations',
    config: {},
    credentials: {},
    schedule: { everySeconds: 60, jitterSeconds: 0 },
    ttl: null,
    precedence: { default: 90 },
    goneAfter: 3,
    voices: {},
  };
  const baseUrls = new Proxy<Record<string, string>>({}, { get: () => 'http://127.0.0.1:1/' });
  const { sources } = createDefaultSources({ baseUrls });
  await registerSources(store.em(), [...sources, source], { simulated: true, now: TOLD_REPORT });
  const one = (period: typeof WEEK, logins: number) => ({
    class: 'measurement' as const,
    kind: 'usageStatistics' as const,
    key: { unit: 'FP-AN-GIANG' },
    ...period,
    values: { users: 1, logins, documentsIn: 2, documentsOut: 3, documentsPassedOn: 4 },
  });
  await store.em().transactional((em) =>
    ingestMeasurements(em, {
      sourceId: 'rival',
      runId: null,
      measurements: [one(WEEK, 9_999), one(NEXT, 800)],
      recordedAt: TOLD_NEXT,
    }),
  );
}

const data = async (query: string, rights?: ReturnType<typeof rightsOf>): Promise<Loose> => {
  const answer = await ask(query, {}, rights);
  expect(answer.errors).toEqual([]);
  return answer.data;
};

describe("use of the Party's document system", () => {
  test('is told unit by unit, by the source of the best standing for each period', async () => {
    const { usageStatistics } =
      await data(`{ usageStatistics(filter: { units: ["FP-AN-GIANG"] }, orderBy: [PERIOD_ASC]) {
      totalCount nodes { unit { code name kind province { code } } periodStart periodEnd users logins documentsIn
        documentsOut documentsPassedOn source { code } document recordedAt } } }`);
    const unit = { code: 'FP-AN-GIANG', name: 'An Giang', kind: 'FORMER_PROVINCE', province: { code: '91' } };
    expect(usageStatistics).toEqual({
      totalCount: 2,
      nodes: [
        {
          unit,
          periodStart: WEEK.periodStart.toISOString(),
          periodEnd: WEEK.periodEnd.toISOString(),
          users: 87,
          logins: 722,
          documentsIn: 2,
          documentsOut: 52,
          documentsPassedOn: 84,
          source: { code: 'party-operations' },
          document: '004_fa2bf9ec2f98880c.txt',
          recordedAt: TOLD_REPORT.toISOString(),
        },
        expect.objectContaining({ logins: 800, source: { code: 'rival' }, document: null }),
      ],
    });
  });

  test('is 26,033 provincial logins in all; totals that are stated stand beside the sums, unmended', async () => {
    const { usageTotals } = await data(`{ usageTotals(groupBy: [KIND], filter: { to: "2025-06-20T00:00:00+07:00" }) {
      kind unitCount logins users stated { logins users } province { code } periodStart } }`);
    const none = { province: null, periodStart: null };
    expect(usageTotals).toEqual([
      {
        kind: 'CENTRAL_BODY',
        unitCount: 12,
        logins: 2_079,
        users: 916,
        stated: { logins: 2_078, users: 915 },
        ...none,
      },
      {
        kind: 'FORMER_PROVINCE',
        unitCount: 63,
        logins: 26_033,
        users: 7_295,
        stated: { logins: 26_033, users: 7_295 },
        ...none,
      },
    ]);
  });

  test('adds up by province and by period, over all that was not grouped by', async () => {
    const { byProvince, byPeriod, all, none } = await data(`{
      byProvince: usageTotals(groupBy: [PROVINCE], filter: { provinces: ["24"] }) { province { code } unitCount logins stated { logins } }
      byPeriod: usageTotals(groupBy: [PERIOD]) { periodStart periodEnd logins sources { code } }
      all: usageTotals(groupBy: [], filter: { kinds: [CENTRAL_BODY] }) { logins stated { logins } }
      none: usageTotals(groupBy: [], filter: { from: "2026-01-01T00:00:00Z" }) { unitCount logins stated { logins } } }`);
    expect(byProvince).toEqual([{ province: { code: '24' }, unitCount: 2, logins: 56 + 172, stated: null }]);
    expect(byPeriod.map(({ logins }: Loose) => logins)).toEqual([26_033 + 2_079, 800]);
    // Of each period who is behind it.
    expect(byPeriod.map(({ sources }: Loose) => sources)).toEqual([
      [{ code: 'party-operations' }],
      [{ code: 'rival' }],
    ]);
    expect(all).toEqual([{ logins: 2_079, stated: { logins: 2_078 } }]);
    expect(none).toEqual([{ unitCount: 0, logins: 0, stated: null }]);
  });

  test('pages in the order asked for, each unit once', async () => {
    const names: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { usageStatistics }: Loose = await data(`{ usageStatistics(first: 20, orderBy: [LOGINS_DESC],
        after: ${JSON.stringify(after)}, asOf: "2025-06-25T00:00:00+07:00") {
        nodes { unit { code } logins } pageInfo { hasNextPage endCursor } } }`);
      names.push(...usageStatistics.nodes.map(({ unit }: Loose) => unit.code));
      more = usageStatistics.pageInfo.hasNextPage;
      after = usageStatistics.pageInfo.endCursor;
    }
    expect([names.length, new Set(names).size]).toEqual([75, 75]);
    expect(names.some((code) => code.endsWith('-TOTAL'))).toBe(false);
  });

  test('of a province is that of its former provinces in their latest period, at the times it is read at', async () => {
    const { now, then, told } = await data(`{
      now: province(code: "91") { usage { unit { name } logins } }
      then: province(code: "91", asOf: "2025-06-25T00:00:00+07:00") { usage { unit { name } logins } }
      told: province(code: "91", knownAt: "2026-01-02T00:00:00Z") { usage { logins } } }`);
    const kienGiang = { unit: { name: 'Kiên Giang' }, logins: expect.any(Number) };
    expect(now.usage).toEqual([{ unit: { name: 'An Giang' }, logins: 800 }, kienGiang]);
    expect(then.usage).toEqual([{ unit: { name: 'An Giang' }, logins: 722 }, kienGiang]);
    expect(told.usage).toEqual([]);
  });

  test('within a key for one province adds up to that province and the centre, without totals of the whole country', async () => {
    const query = '{ usageTotals(groupBy: [KIND]) { kind unitCount stated { logins } } }';
    const { usageTotals } = await data(query, rightsOf('viewer', { provinces: ['24'] }));
    expect(usageTotals).toEqual([
      { kind: 'CENTRAL_BODY', unitCount: 12, stated: null },
      { kind: 'FORMER_PROVINCE', unitCount: 2, stated: null },
    ]);
  });

  test('refuses a unit that is none, also one that only holds totals', async () => {
    for (const unit of ['FP-ATLANTIS', 'FP-TOTAL']) {
      const { errors } = await ask(`{ usageTotals(groupBy: [], filter: { units: ["${unit}"] }) { logins } }`);
      expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});
