import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../connectors/sandbox.ts';
import type { SuiteSubject } from '../../connectors/testkit/connector-suite.ts';
import { readAll } from '../../connectors/testkit/read-all.ts';
import type { FactObservation, Observation } from '../../schema/observation.ts';
import { loadDeployments, loadReadiness } from '../../seeds/facts.ts';
import { createBench } from './support/contexts.ts';
import { createSubject } from './support/sandbox-subject.ts';

/** What one source says at 12:15 on 27 June, read through its connector. */
async function readSource(id: string): Promise<FactObservation[]> {
  const { subject, sandbox } = await createSubject(id, '2025-06-27T12:15:00+07:00', []);
  const observations = await readSubject(subject);
  await sandbox.stop();
  return observations.filter((one): one is FactObservation => one.class === 'fact');
}

async function readSubject(subject: SuiteSubject): Promise<readonly Observation[]> {
  const { config, credentials, domainClock } = subject;
  const bench = createBench('', { config: config as never, credentials, domainClock });
  const { observations, error, rejections } = await readAll(subject.connector, bench.context);
  bench.shared.close();
  expect([error, rejections]).toEqual([undefined, []]);
  return observations;
}

const saidOf = (all: readonly FactObservation[], attribute: string, voice?: string) =>
  new Map(
    all
      .filter((one) => one.voice === voice && attribute in one.attributes)
      .map((one) => [`${one.kind} ${Object.values(one.key).join(':')}`, one.attributes[attribute]]),
  );

describe('khcn', () => {
  let all: FactObservation[];
  beforeAll(async () => {
    all = await readSource('khcn');
  });

  test('says all 26 criteria as the report does, by province and by its own count', () => {
    const reportAt = new Date('2025-06-27T12:15:00+07:00').getTime();
    const today = all.filter(({ observedAt }) => observedAt?.getTime() === reportAt);
    const completed = saidOf(today, 'completed');
    const counts = saidOf(today, 'completedCount', 'summary');
    const deltas = saidOf(today, 'deltaSinceYesterday', 'summary');
    for (const { id, notCompleted, completedCount, deltaSinceYesterday } of loadReadiness().criteria) {
      const missing = [...completed].filter(([key, value]) => key.endsWith(`:${id}`) && value === false);
      expect(missing.map(([key]) => key.slice('readiness '.length, -id.length - 1)).sort()).toEqual(
        [...notCompleted].sort(),
      );
      expect(counts.get(`criterionCount ${id}`)).toBe(completedCount);
      expect(deltas.get(`criterionCount ${id}`)).toBe(deltaSinceYesterday);
    }
    expect(today.every(({ detail }) => !detail?.simulated && detail?.document === '001_48eabe5947b8b29c.txt')).toBe(
      true,
    );
  });

  test('says the 170 deployments of the appendix, and of a status that is not stated nothing', () => {
    const vendors = saidOf(all, 'vendors');
    const status = saidOf(all, 'status');
    const { deployments } = loadDeployments();
    expect(vendors.size).toBe(170);
    for (const row of deployments) {
      const key = `deployment ${row.province}:${row.system}`;
      expect(vendors.get(key)).toEqual([...row.vendors].sort());
      expect(status.get(key)).toBe(row.status === 'UNKNOWN' ? undefined : row.status);
      expect(saidOf(all, 'note').get(key)).toBe(row.note ?? undefined);
      expect(saidOf(all, 'difficulty').get(key)).toBe(row.difficulty ?? undefined);
    }
    expect(saidOf(all, 'formerVendors')).toEqual(new Map([['deployment 01:TTHC', ['FPT']]]));
  });

  test('disagrees with itself where the documents do', () => {
    const appendix = saidOf(all, 'vendors');
    const summary = saidOf(all, 'vendors', 'summary');
    const disagreeing = [...summary].filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(appendix.get(key)),
    );
    expect(disagreeing.map(([key]) => key.slice('deployment '.length)).sort()).toEqual([
      '01:HOP',
      '04:HOP',
      '08:HOP',
      '12:LGSP',
      '15:BAOCAO',
      '19:HOP',
      '24:HOP',
      '48:QLVB',
      '56:QLVB',
      '66:QLVB',
    ]);
    const counts = saidOf(all, 'count', 'summary');
    const openings = saidOf(all, 'count', 'opening');
    expect([...openings].map(([key, count]) => [key, count, counts.get(key)])).toEqual([
      ['vendorCount TTHC:SELF', 2, 3],
      ['vendorCount QLVB:SELF', 3, 4],
      ['vendorCount LGSP:SELF', 2, 3],
    ]);
    expect(counts.get('vendorCount TTHC:VNPT')).toBe(26);
  });

  test('gives Vietnamese text in NFC', () => {
    const text = JSON.stringify(all);
    expect(text).toBe(text.normalize('NFC'));
  });
});

describe('the others', () => {
  let sources: Record<string, FactObservation[]>;
  beforeAll(async () => {
    const ids = ['lgsp-01', 'dvcqg', 'vnpt'];
    sources = Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await readSource(id)])));
  });

  test('a province speaks of its nine links, and takes back the latency of one that is down', () => {
    const own = sources['lgsp-01'] ?? [];
    expect(saidOf(own, 'state').size).toBe(9);
    expect(saidOf(own, 'state').get('link 01:DVCQG')).toBe('DOWN');
    const latency = own.find(({ key, attributes }) => key.target === 'DVCQG' && 'latencyMs' in attributes);
    expect(latency).toMatchObject({ retract: true, attributes: { latencyMs: null } });
    expect(own.every(({ detail }) => detail?.simulated === true)).toBe(true);
  });

  test('the portal speaks of two links of each province and of four programmes', () => {
    const own = sources.dvcqg ?? [];
    expect(saidOf(own, 'state').size).toBe(68);
    expect(saidOf(own, 'offered').size).toBe(136);
    expect(saidOf(own, 'required').get('serviceCoverage 01:1139')).toBe(1139);
  });

  test('VNPT agrees with the appendix on vendors and stated status of its 115 systems', () => {
    const own = sources.vnpt ?? [];
    const rows = loadDeployments().deployments.filter(({ vendors }) => vendors.includes('VNPT'));
    expect(saidOf(own, 'vendors').size).toBe(115);
    for (const { province, system, vendors, status } of rows) {
      expect(saidOf(own, 'vendors').get(`deployment ${province}:${system}`)).toEqual([...vendors].sort());
      if (status !== 'UNKNOWN') expect(saidOf(own, 'status').get(`deployment ${province}:${system}`)).toBe(status);
    }
  });
});

describe('a source that is taken for another', () => {
  let sandbox: Sandbox;
  afterAll(() => sandbox.stop());

  test('is rejected record by record', async () => {
    const created = await createSubject('lgsp-01', '2025-06-27T12:15:00+07:00', []);
    sandbox = created.sandbox;
    const { config, credentials, domainClock, connector } = created.subject;
    const bench = createBench('', { config: { ...config, province: '04' } as never, credentials, domainClock });
    const { observations, rejections } = await readAll(connector, bench.context);
    bench.shared.close();
    expect(observations).toEqual([]);
    expect(rejections).toHaveLength(9);
    expect(rejections[0]).toMatchObject({ path: 'dau.ProvinceCode', contractVersion: '2025-06.1' });
  });
});
