import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ReadPage, StreamSpec } from '../../connectors/kit/connector.ts';
import { UnfinishedError } from '../../connectors/kit/unfinished-error.ts';
import type { ServiceHealthMeasurement } from '../../schema/observation.ts';
import { loadReference } from '../../seeds/reference.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { runSource } from '../../src/sync/run-source.ts';
import { useDatabase } from '../support/database.ts';
import { page, pagesOf, runDependencies, standInSource } from './stand-in.ts';

const db = useDatabase();
const range = { from: new Date('2025-01-01T00:00:00+07:00'), to: new Date('2025-06-20T00:00:00+07:00') };
const signal = new AbortController().signal;

beforeAll(async () => {
  await loadReference(db.em());
  await registerSources(db.em(), [standInSource(pagesOf()).definition], { simulated: true, now: new Date() });
});
beforeEach(async () => {
  await db.em().execute('truncate sync_run, service_health');
});

function measured(at: string): ServiceHealthMeasurement {
  return {
    class: 'measurement',
    kind: 'serviceHealth',
    key: { province: '01', system: 'TTHC', vendor: 'VNPT' },
    measuredAt: new Date(at),
    values: { uptimePercent: 99.5, cpuPercent: 40, memoryPercent: 50, trafficMbps: 10, alerts: 0 },
  };
}

/** A source of streams of such modes, called `a`, `b` and so on. */
function sourceOf(
  modes: readonly StreamSpec['mode'][],
  read: () => AsyncGenerator<ReadPage, void, undefined>,
): ConfiguredSource {
  const source = standInSource(read);
  const spec = source.connector.spec();
  const streams = modes.map((mode, index) => ({ ...spec.streams[0], name: 'abc'.charAt(index), mode }));
  return { ...source, connector: { ...source.connector, spec: () => ({ ...spec, streams: streams as StreamSpec[] }) } };
}

const backfill = async (source: ConfiguredSource, over = {}) =>
  runSource(await runDependencies(db.database(), over), { source, trigger: 'backfill', range, signal });

describe('a backfill', () => {
  test('leaves out what a list gives from beyond the end of its range', async () => {
    const times = ['2025-06-19T23:59:59+07:00', '2025-06-20T00:00:00+07:00', '2025-06-26T00:00:00+07:00'];
    const source = sourceOf(['snapshot', 'incremental'], pagesOf(page(times.map(measured), { stream: 'b' })));
    const outcome = await backfill(source);
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 1, read: 3 } });
    expect(await db.em().execute('select measured_at as at from service_health')).toEqual([
      { at: new Date('2025-06-19T23:59:59+07:00') },
    ]);
  });

  test('takes the whole of a document that begins within its range', async () => {
    const source = sourceOf(['document'], pagesOf(page([measured('2025-06-20T00:00:00+07:00')], { stream: 'a' })));
    await expect(backfill(source)).resolves.toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 1 } });
  });

  const upTo = (stream: string, at: string) => page([measured(at)], { stream });
  const limit = new UnfinishedError('It may be asked 9 times a day.');
  const ended: Array<[string, StreamSpec['mode'][], ReadPage[], RegExp]> = [
    ['documents', ['document'], [upTo('a', '2025-03-20T08:00:00Z')], /ask for it again from 2025-03-13 on\.$/],
    [
      'several series of documents, by the one that got least far',
      ['document', 'snapshot', 'document'],
      [upTo('a', '2025-06-19T08:00:00Z'), upTo('c', '2025-02-20T08:00:00Z')],
      /ask for it again from 2025-02-13 on\.$/,
    ],
    [
      'documents of which one series was not begun',
      ['document', 'document'],
      [upTo('a', '2025-06-19T08:00:00Z')],
      /ask for it again in shorter ranges\.$/,
    ],
    ['a list', ['incremental'], [upTo('a', '2025-03-20T08:00:00Z')], /ask for it again in shorter ranges\.$/],
    ['hardly anything', ['document'], [upTo('a', '2025-01-03T08:00:00Z')], /ask for it again in shorter ranges\.$/],
  ];
  test.each(ended)('that meets a limit says from where to ask again: %s', async (_name, modes, pages, words) => {
    const source = sourceOf(modes, async function* () {
      yield* pages;
      throw limit;
    });
    const { state, failure } = await backfill(source);
    expect({ state, ...failure }).toMatchObject({ state: 'PARTIAL', code: 'UPSTREAM_TRANSIENT', retryable: true });
    expect(failure?.message).toMatch(words);
    expect(failure?.message).toMatch(/^It may be asked 9 times a day\. What was read is stored/);
  });

  test('whose time is used up says so', async () => {
    const source = sourceOf(['document'], async function* () {
      yield upTo('a', '2025-03-20T08:00:00Z');
      await new Promise(() => {});
    });
    const { state, failure } = await backfill(source, { timeBudgetMs: 50 });
    expect({ state, ...failure }).toEqual({
      state: 'PARTIAL',
      code: 'TIMEOUT',
      retryable: true,
      message: expect.stringMatching(/^The time for a backfill is used up\. .* from 2025-03-13 on\.$/),
    });
  });
});
