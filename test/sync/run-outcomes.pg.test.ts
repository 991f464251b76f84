import { describe, expect, test } from '@jest/globals';
import { keepHouse } from '../../src/jobs/housekeeping.ts';
import { runSource } from '../../src/sync/run-source.ts';
import { DAY_MS, OLD, systems, useMendableHub } from './mendable-hub.ts';
import type { Mending } from './mendable-source.ts';
import { deployment, page, standInSource } from './stand-in.ts';

const never = new AbortController().signal;
const MENDED: Mending = { version: '2', codes: { '1': 'READY', '2': 'OPERATING' }, isLenient: true };
const { all, answers, db, dependencies, now, pass, read, source } = useMendableHub();

describe('a run', () => {
  test('that reads back gives its connector the range, and leaves checkpoints and snapshots alone', async () => {
    const range = { from: new Date('2025-06-20T00:00:00Z'), to: new Date('2025-06-21T00:00:00Z') };
    const snapshotComplete = { stream: 'systems', startedAt: now(), kinds: ['deployment'] } as const;
    const given: unknown[] = [];
    const ranged = standInSource(async function* (context) {
      given.push(context.range, context.checkpoints);
      yield page([deployment('01', ['VNPT'])], { checkpoint: { day: 20 }, snapshotComplete });
    });
    await all(`insert into observation (kind, entity_id, source_id, stream, facet, observed_from, observed_until, attributes,
        retracted, recorded_at, until_recorded_at, seen_at, head, evidence)
      select 'deployment', '04:TTHC', 'mendable', 'systems', 'vendors', at, at, '{"vendors": ["VNPT"]}', false, at, at, at,
        true, '{}' from (select timestamptz '2025-06-01' as at) as t`);
    await all(
      `insert into checkpoint (source_id, stream, state, updated_at) values ('mendable', 'systems', '{"day": 27}', now())`,
    );
    const definition = { ...ranged.definition, id: 'mendable' };
    const outcome = await read(OLD, { source: { ...ranged, definition }, trigger: 'backfill', range });
    expect(outcome).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 1 } });
    expect(given).toEqual([range, {}]);
    expect(await all('select state from checkpoint')).toEqual([{ state: { day: 27 } }]);
    expect(await all('select 1 from observation where absent_since is not null')).toEqual([]);
  });

  test('that is to read back what tells only of now says so', async () => {
    const range = { from: new Date('2025-06-20T00:00:00Z'), to: new Date('2025-06-21T00:00:00Z') };
    expect(await read(OLD, { trigger: 'backfill', range })).toMatchObject({
      state: 'FAILED',
      failure: { code: 'UPSTREAM_CONFIGURATION', message: expect.stringMatching(/nothing of it can be read back/) },
    });
  });

  test('that meets a rate limit keeps what it has, and the next goes on', async () => {
    answers['/systems'] = systems({ province: '01', status: '1' });
    answers['/later'] = { status: 429 };
    expect(await read(OLD)).toMatchObject({
      state: 'PARTIAL',
      counts: { accepted: 1 },
      failure: { code: 'UPSTREAM_TRANSIENT', retryable: true, message: expect.stringMatching(/limits how often/) },
    });
    answers['/later'] = systems({ province: '04', status: '1' });
    expect(await read(OLD)).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 1 } });
  });

  test('that is limited before it has anything has failed', async () => {
    answers['/systems'] = { status: 429 };
    answers['/later'] = { status: 429 };
    expect(await read(OLD)).toMatchObject({
      state: 'FAILED',
      failure: { message: expect.stringMatching(/limits how often/) },
    });
  });

  test('shows what it does', async () => {
    answers['/systems'] = systems({ province: '01', status: '1' });
    const { runId } = await read(OLD);
    const [row] = await all(`select stream, pages, bytes > 0 as has_bytes from sync_run where id = ${runId}`);
    expect(row).toEqual({ stream: 'later', pages: 4, has_bytes: true });
  });

  test('notes what drifts, each thing once; what was settled opens again by a newer contract only', async () => {
    answers['/systems'] = systems({ province: '01', status: '8', extra: 1 } as never, { province: '04', status: '9' });
    const drift: unknown[] = [];
    const noted = () =>
      all(`select kind, path, sample, count, contract_version as version, settled_at is null as open
      from source_notice order by kind, sample, path`);
    await runSource(await dependencies({ onDrift: (id, notes) => drift.push([id, notes.length]) }), {
      source: source(OLD),
      trigger: 'schedule',
      signal: never,
    });
    await read(OLD);
    const notice = { count: 2, version: '1', open: true };
    expect(await noted()).toEqual([
      { kind: 'NEW_FIELD', path: 'extra', sample: 'number', ...notice },
      { kind: 'UNMAPPED_CODE', path: 'deployment.status@1', sample: '8', ...notice },
      { kind: 'UNMAPPED_CODE', path: 'deployment.status@1', sample: '9', ...notice },
    ]);
    expect(drift).toEqual([['mendable', 3]]);
    await all('update source_notice set settled_at = now()');
    await read(OLD);
    expect((await noted()).map(({ open }) => open)).toEqual([false, false, false]);
    await read(MENDED);
    // A code that the newer map does not know either is noticed anew, by that map.
    expect((await noted()).map(({ path, sample, open, version }) => [path, sample, open, version])).toEqual([
      ['extra', 'number', true, '2'],
      ['deployment.status@1', '8', false, '1'],
      ['deployment.status@2', '8', true, '2'],
      ['deployment.status@1', '9', false, '1'],
      ['deployment.status@2', '9', true, '2'],
    ]);
    pass(91 * DAY_MS);
    expect(await keepHouse(db.em(), now())).toMatchObject({ notices: 5 });
  });
});
