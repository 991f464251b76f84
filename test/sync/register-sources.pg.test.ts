import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type SourceDefinition, sourceFileSchema } from '../../connectors/kit/source-file.ts';
import { loadReference } from '../../seeds/reference.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { runSource } from '../../src/sync/run-source.ts';
import { useDatabase } from '../support/database.ts';
import { deployment, page, pagesOf, runDependencies, standInSource } from './stand-in.ts';

const db = useDatabase();
const now = new Date('2026-01-01T00:00:00Z');

const definitions = (...over: object[]): SourceDefinition[] =>
  sourceFileSchema.parse({
    sources: over.map((source) => ({
      id: 'khcn',
      connector: 'khcn',
      config: {},
      credentials: {},
      schedule: { everySeconds: 5 },
      ttl: 'PT30S',
      precedence: { default: 10 },
      ...source,
    })),
  }).sources;

const register = (...over: object[]) => registerSources(db.em(), definitions(...over), { simulated: false, now });
const sources = () =>
  db.em().execute(
    `select id, kind, parent_id, scope_provinces, schedule, ttl_seconds, default_rank, enabled from source
     where kind <> 'operator' order by id`,
  );
const ranks = () => db.em().execute('select source_id, kind, rank from source_rank order by 1, 2');

beforeAll(async () => {
  await loadReference(db.em());
});
beforeEach(async () => {
  await db.em().execute(`truncate observation, deployment, change, conflict, sync_run, rejection, checkpoint`);
  await db.em().execute(`delete from source where kind <> 'operator' and parent_id is not null`);
  await db.em().execute(`delete from source where kind <> 'operator'`);
});

describe('registering the sources of the file', () => {
  test('writes a row for the source and one for each voice, with their ranks', async () => {
    const voices = { summary: { name: 'Tóm tắt', precedence: { default: 40, deployment: 45 }, ttl: null } };
    await register({ voices, scope: { province: '01' }, precedence: { default: 10, link: 20 } });
    expect(await sources()).toEqual([
      expect.objectContaining({
        id: 'khcn',
        kind: 'pull',
        scope_provinces: ['01'],
        schedule: 'every 5 s',
        ttl_seconds: 30,
      }),
      expect.objectContaining({ id: 'khcn-summary', kind: 'document', parent_id: 'khcn', ttl_seconds: null }),
    ]);
    expect(await ranks()).toEqual([
      { source_id: 'khcn', kind: 'link', rank: 20 },
      { source_id: 'khcn-summary', kind: 'deployment', rank: 45 },
    ]);
  });

  test('again changes nothing, and from five processes at once neither', async () => {
    await Promise.all(Array.from({ length: 5 }, () => register({})));
    const once = await sources();
    await register({});
    expect(await sources()).toEqual(once);
    expect(once).toHaveLength(1);
  });

  test('switches off what the file no longer names, and on what it names again; corrections stay', async () => {
    await register({}, { id: 'vnpt' });
    await register({});
    expect(await sources()).toEqual([
      expect.objectContaining({ id: 'khcn', enabled: true }),
      expect.objectContaining({ id: 'vnpt', enabled: false }),
    ]);
    expect(await db.em().execute(`select enabled from source where kind = 'operator'`)).toEqual([{ enabled: true }]);
    await register({}, { id: 'vnpt' });
    expect(await sources()).toContainEqual(expect.objectContaining({ id: 'vnpt', enabled: true }));
  });

  test('decides every entity anew where a precedence changed', async () => {
    await register({}, { id: 'vnpt', precedence: { default: 20 } });
    for (const [id, vendor] of [
      ['khcn', 'FPT'],
      ['vnpt', 'VNPT'],
    ] as const) {
      const source = standInSource(pagesOf(page([deployment('01', [vendor])])), { id });
      const signal = new AbortController().signal;
      await runSource(await runDependencies(db.database()), { source, trigger: 'schedule', signal });
    }
    const chosen = () => db.em().execute('select vendor_codes from deployment');
    expect(await chosen()).toEqual([{ vendor_codes: ['FPT'] }]);
    await register({ precedence: { default: 10, deployment: 30 } }, { id: 'vnpt', precedence: { default: 20 } });
    expect(await chosen()).toEqual([{ vendor_codes: ['VNPT'] }]);
    expect(await db.em().execute('select cause from change order by seq desc limit 1')).toEqual([
      { cause: 'RECOMPUTED' },
    ]);
  });
});
