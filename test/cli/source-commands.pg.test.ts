import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sourceEntrySchema } from '../../connectors/kit/source-file.ts';
import { loadReference } from '../../seeds/reference.ts';
import { runCommandLine } from '../../src/cli/run-command-line.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { createEmptyDatabase, useDatabase } from '../support/database.ts';
import { runCommand } from './recording-terminal.ts';

const store = useDatabase();
let folder: string;
let upstream: Server;
let env: Record<string, string>;

/** It sends by itself, so nobody asks it. */
const HAPRO = {
  id: 'hapro',
  connector: 'hapro',
  config: {},
  credentials: { secret: 'HAPRO_SECRET' },
  ttl: 'PT5M',
  precedence: { default: 30 },
};

/** A source of a real connector, whose upstream refuses everything: runs begin and end, and their records say how. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lienthong-sources-'));
  upstream = createServer((_request, response) => response.writeHead(401).end('{}')).listen(0, '127.0.0.1');
  await new Promise((resolve) => upstream.once('listening', resolve));
  const baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const source = {
    id: 'khcn',
    connector: 'khcn',
    config: { baseUrl },
    credentials: { apiKey: 'KHCN_KEY' },
    schedule: { everySeconds: 60 },
    ttl: null,
    precedence: { default: 10 },
  };
  const file = join(folder, 'sources.json');
  await writeFile(file, JSON.stringify({ sources: [source] }));
  env = { DATABASE_URL: store.url(), SOURCES: file, KHCN_KEY: 'k' };
  await loadReference(store.em());
  const options = { simulated: false, now: new Date() };
  await registerSources(
    store.em(),
    [source, HAPRO].map((entry) => sourceEntrySchema.parse(entry)),
    options,
  );
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await new Promise((resolve) => upstream.close(resolve));
});
beforeEach(async () => {
  await store.em().execute('truncate source_action, sync_run, checkpoint, source_notice, rejection');
  await store.em().execute('update source set paused_at = null');
});
const actions = () =>
  store
    .em()
    .execute<{ action: string; reason: string; made_by: string; run_id: number | null }[]>(
      'select action, reason, made_by, run_id from source_action order by id',
    );

describe('lienthong source', () => {
  test('pause is recorded with who sat there and why, shows in the list, and is refused twice', async () => {
    const paused = await runCommand(['source', 'pause', 'khcn', '--reason', 'Bảo trì'], env);
    expect(paused).toMatchObject({ code: 0, out: 'khcn: paused; `lienthong source resume` ends that.' });
    expect(await actions()).toMatchObject([
      { action: 'PAUSE', reason: 'Bảo trì', made_by: expect.stringMatching(/^command line \(.+\)$/) },
    ]);
    const listed = await runCommand(['sources', '--json'], env);
    const lines = listed.out.split('\n').map((line) => JSON.parse(line));
    expect(lines.find(({ id }) => id === 'khcn')).toMatchObject({ status: 'PAUSED', nextRunAt: null });
    const again = await runCommand(['source', 'pause', 'khcn', '--reason', 'x'], env);
    expect(again).toMatchObject({ code: 1, err: expect.stringMatching(/paused already/) });
  });

  test.each([
    ['run', ['source', 'run', 'khcn'], 'RUN', 'command'],
    ['backfill', ['source', 'backfill', 'khcn', '--from', '2025-06-20', '--to', '2025-06-27'], 'BACKFILL', 'backfill'],
    ['replay', ['source', 'replay', 'khcn'], 'REPLAY', 'replay'],
    ['replay, by its short name', ['replay', 'khcn'], 'REPLAY', 'replay'],
    ['retry-rejections', ['source', 'retry-rejections', 'khcn'], 'REPLAY_REJECTIONS', 'replay'],
  ])('%s does its run here, without a hub, and says how it ended', async (_name, args, action, trigger) => {
    const { code, out } = await runCommand([...args, '--reason', 'Thử', '--json'], env);
    const { run, action: recorded } = JSON.parse(out);
    expect(recorded).toMatchObject({ action, reason: 'Thử', source: 'khcn' });
    expect(run).toMatchObject({ sourceId: 'khcn', trigger });
    expect(run.state).not.toBe('RUNNING');
    expect(code).toBe({ SUCCEEDED: 0, FAILED: 1, PARTIAL: 4 }[run.state as 'FAILED']);
    expect(await actions()).toEqual([expect.objectContaining({ action, run_id: run.id })]);
  });

  test.each([
    ['without a reason', [], 'No reason was given.'],
    ['with one', ['--reason', 'Thử'], 'Thử'],
  ])('sync is a run that is recorded like any other, %s', async (_name, args, reason) => {
    const { code, out } = await runCommand(['sync', 'khcn', ...args, '--json'], env);
    const run = JSON.parse(out);
    expect({ code, run }).toMatchObject({ code: 1, run: { sourceId: 'khcn', trigger: 'command', state: 'FAILED' } });
    expect(await actions()).toEqual([
      { action: 'RUN', reason, run_id: run.id, made_by: expect.stringMatching(/^command line/) },
    ]);
  });

  test('sync registers a source that no hub has registered yet', async () => {
    await store.em().execute(`update source set enabled = false where id = 'khcn'`);
    expect(await runCommand(['sync', 'khcn'], env)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^khcn: FAILED/),
    });
    expect(await store.em().execute(`select enabled from source where id = 'khcn'`)).toEqual([{ enabled: true }]);
  });

  test.each(['sync', 'run'])('%s is refused while a replay goes on, and says which run that is', async (command) => {
    const [{ id }] = (await store.em().execute(`insert into sync_run
      (source_id, trigger, state, worker, started_at, heartbeat_at)
      values ('khcn', 'replay', 'RUNNING', 'other-host 7 mark', now(), now()) returning id`)) as [{ id: number }];
    const args = command === 'sync' ? ['sync', 'khcn'] : ['source', 'run', 'khcn', '--reason', 'a'];
    expect(await runCommand(args, env)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`Run ${id} of "khcn" (a replay) is going on; wait for its end and ask again.`),
    });
    expect(await actions()).toEqual([]);
  });

  test('a backfill goes by the time of the sources: that of the sandbox, where they are its own', async () => {
    const data = await mkdtemp(join(folder, 'data-'));
    const sandbox = { DATABASE_URL: store.url(), DATA_DIR: data, SANDBOX: 'on' };
    const args = ['source', 'backfill', 'khcn', '--from', '2025-07-20', '--to', '2025-07-27', '--reason', 'a'];
    expect(await runCommand(args, sandbox)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/Nothing has happened yet that could be read/),
    });
  });

  test('a run that cannot be begun here is not left waiting', async () => {
    const without = { ...env, KHCN_KEY: '' };
    const { code, err } = await runCommand(['source', 'run', 'khcn', '--reason', 'a'], without);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/set KHCN_KEY/) });
    expect(await store.em().execute('select state, error_code from sync_run')).toEqual([
      { state: 'FAILED', error_code: 'CONFIGURATION' },
    ]);
  });

  test('resume reads at once', async () => {
    await runCommand(['source', 'pause', 'khcn', '--reason', 'a'], env);
    const { out } = await runCommand(['source', 'resume', 'khcn', '--reason', 'b'], env);
    expect(out).toMatch(/^khcn: FAILED \(run \d+\)/);
    expect((await actions()).map(({ action }) => action)).toEqual(['PAUSE', 'RESUME']);
  });

  test('reset forgets a stream, and says so where there is none', async () => {
    await store.em().execute(`insert into checkpoint values ('khcn', 'links', '{}', now())`);
    const wrong = await runCommand(['source', 'reset', 'khcn', '--stream', 'x', '--reason', 'a'], env);
    expect(wrong).toMatchObject({ code: 2, err: expect.stringMatching(/there is links/) });
    expect(await runCommand(['source', 'reset', 'khcn', '--reason', 'a'], env)).toMatchObject({ code: 0 });
    expect(await store.em().execute('select 1 from checkpoint')).toEqual([]);
  });

  test('show tells what was noticed and done; settle settles', async () => {
    await store.em().execute(`insert into source_notice
      (source_id, stream, kind, path, sample, count, first_seen_at, last_seen_at, contract_version)
      values ('khcn', 'links', 'UNMAPPED_CODE', 'link.state@2025-06.1', 'X9', 4, now(), now(), '2')`);
    const shown = await runCommand(['source', 'show', 'khcn'], env);
    expect(shown.out).toMatch(/UNMAPPED_CODE +links +link\.state@2025-06\.1 +X9/);
    const { notices } = JSON.parse((await runCommand(['source', 'show', 'khcn', '--json'], env)).out);
    const settled = await runCommand(['source', 'settle', notices[0].id, '--reason', 'Đã thêm'], env);
    expect(settled).toMatchObject({ code: 0, out: 'khcn: the notice is settled.' });
    expect((await runCommand(['source', 'show', 'khcn'], env)).out).toMatch(/SETTLE_NOTICE .* Đã thêm/);
  });

  test('show lists what is rejected and open, with how often it came', async () => {
    await store.em().execute(`insert into rejection
      (source_id, stream, reason, path, record, contract_version, hash, count, at, last_at, settled_at) values
      ('khcn', 'links', 'expected a string', 'a.b', '{}', '1', 'h1', 37, now(), '2025-06-27T05:15:00Z', null),
      ('khcn', 'links', 'settled since', null, '{}', '1', 'h2', 1, now(), now(), now())`);
    const { out } = await runCommand(['source', 'show', 'khcn'], env);
    expect(out).toMatch(/37 +2025-06-27T05:15:00\.000Z +links +a\.b +expected a string/);
    expect(out).not.toMatch(/settled since/);
    const { rejections } = JSON.parse((await runCommand(['source', 'show', 'khcn', '--json'], env)).out);
    expect(rejections).toMatchObject([{ count: 37, path: 'a.b', lastAt: '2025-06-27T05:15:00.000Z', run: null }]);
  });

  test.each([
    ['no reason', ['source', 'pause', 'khcn'], 2, /--reason/],
    ['an empty reason', ['source', 'pause', 'khcn', '--reason', ' '], 2, /Say why/],
    ['a source that there is not', ['source', 'pause', 'nobody', '--reason', 'a'], 1, /There is no source "nobody"/],
    [
      'a time that is none',
      ['source', 'backfill', 'khcn', '--from', 'soon', '--to', '2025-06-27', '--reason', 'a'],
      2,
      /Write a day/,
    ],
    [
      'a day that no calendar has',
      ['source', 'backfill', 'khcn', '--from', '2025-06-31', '--to', '2025-07-10', '--reason', 'a'],
      2,
      /Write a day/,
    ],
    [
      'a range that ends first',
      ['source', 'backfill', 'khcn', '--from', '2025-06-27', '--to', '2025-06-20', '--reason', 'a'],
      2,
      /must be later/,
    ],
  ])('with %s is told what would do', async (_what, args, code, message) => {
    expect(await runCommand(args, env)).toMatchObject({ code, err: expect.stringMatching(message) });
    expect(await actions()).toEqual([]);
  });
});

describe.each(['check', 'read'])('lienthong %s', (command) => {
  test('keeps to the pace that all who have the database share', async () => {
    await store.em().execute('truncate upstream_turn');
    await runCommand([command, 'khcn'], env);
    expect(await store.em().execute('select 1 from upstream_turn')).toHaveLength(1);
  });

  test.each([
    ['cannot be reached', 'postgresql://nobody@127.0.0.1:1/none'],
    ['was never migrated', null],
  ])('needs no database: one that %s is left alone', async (_what, url) => {
    const empty = url === null ? await createEmptyDatabase() : undefined;
    const { code, err, out } = await runCommand([command, 'khcn'], { ...env, DATABASE_URL: url ?? empty?.url ?? '' });
    await empty?.drop();
    expect(code).toBe(1);
    expect(err + out).toMatch(/refuses the credentials/);
  });
});

describe('a source that only sends', () => {
  const pushing = async (): Promise<Record<string, string>> => {
    const file = join(folder, 'pushing.json');
    await writeFile(file, JSON.stringify({ sources: [HAPRO] }));
    return { ...env, SOURCES: file, HAPRO_SECRET: 's' };
  };

  test.each(['sync', 'read'])('is not asked with %s, which says so, and no run stands afterwards', async (command) => {
    const { code, err, out } = await runCommand([command, 'hapro'], await pushing());
    expect({ code, err, out }).toEqual({
      code: 2,
      err: expect.stringMatching(/hapro sends by itself, to POST \/ingest\/hapro: there is nothing to ask it with/),
      out: '',
    });
    expect(await store.em().execute('select 1 from sync_run')).toEqual([]);
  });

  test('is paused and resumed, for which no run is needed', async () => {
    const paused = await runCommand(['source', 'pause', 'hapro', '--reason', 'Gửi nhầm'], env);
    expect(paused).toMatchObject({ code: 0, out: 'hapro: paused; `lienthong source resume` ends that.' });
    const resumed = await runCommand(['source', 'resume', 'hapro', '--reason', 'Xong'], env);
    expect(resumed).toMatchObject({ code: 0, out: 'hapro: what it sends is taken again.' });
    const run = await runCommand(['source', 'run', 'hapro', '--reason', 'x'], env);
    expect(run).toMatchObject({ code: 2, err: expect.stringMatching(/can be replayed, and it can be paused/) });
  });

  test('is checked for its settings', async () => {
    const set = await pushing();
    expect(await runCommand(['check', 'hapro'], set)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^hapro: works\..*pushes by itself/),
    });
    expect((await runCommand(['check', 'hapro'], { ...set, HAPRO_SECRET: '' })).code).not.toBe(0);
  });
});

describe('lienthong sources', () => {
  test('is a table with a summary, of all or of those that do so', async () => {
    const all = await runCommand(['sources'], env);
    expect(all.out.split('\n')[0]).toMatch(/^SOURCE +STATE +FRESH +LAST RUN +LAG +REJECTED +CONFLICTS +NEXT RUN/);
    expect(all.out).toMatch(/^khcn +never read/m);
    expect(all.out).toMatch(/3 sources: .*2 never read/);
    expect((await runCommand(['sources', '--health', 'failing'], env)).out).not.toMatch(/^khcn/m);
    expect((await runCommand(['sources', '--health', 'failing', 'never-read'], env)).out).toMatch(/^khcn/m);
    expect(await runCommand(['sources', '--health', 'failling'], env)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/There are: ok, partial, late, failing, never_read, paused, off\./),
    });
  });

  test('--watch --json of those that fail tells of one that does so no more, and then no more of it', async () => {
    await runCommand(['sync', 'khcn'], env);
    const stopping = new AbortController();
    const lines: string[] = [];
    const mended = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const watching = runCommandLine(['sources', '--watch', '--json', '--health', 'failing'], {
      out: (line) => {
        const { id, health } = JSON.parse(line);
        lines.push(`${id} ${health}`);
        if (health === 'FAILING') started.resolve();
        else mended.resolve();
      },
      note: () => {},
      isInteractive: false,
      env,
      signal: stopping.signal,
    });
    await started.promise;
    let isMended = false;
    void mended.promise.then(() => {
      isMended = true;
    });
    // News before it listens are lost, so they are told until one is heard.
    await store.em().execute(`update sync_run set state = 'SUCCEEDED', error_code = null`);
    const isHeard = async (): Promise<boolean> => {
      await store.em().execute(`select pg_notify('lienthong_source', 'khcn')`);
      return isMended;
    };
    expect(await waitUntil(isHeard, { limitMs: 20_000 })).toBe(true);
    stopping.abort();
    expect(await watching).toBe(0);
    expect(lines).toEqual(['khcn FAILING', 'khcn OK']);
  });

  test('--watch goes on as things happen, until it is stopped', async () => {
    const stopping = new AbortController();
    const out: { id: string; status: string }[] = [];
    const paused = Promise.withResolvers<void>();
    const watching = runCommandLine(['sources', '--watch', '--json'], {
      out: (line) => {
        const told = JSON.parse(line);
        out.push(told);
        if (told.id === 'khcn' && told.status === 'PAUSED') paused.resolve();
      },
      note: () => {},
      isInteractive: false,
      env,
      signal: stopping.signal,
    });
    // A pause before it listens is in its first list or in none: it is ended and begun until it shows.
    let isShown = false;
    void paused.promise.then(() => {
      isShown = true;
    });
    while (!isShown) {
      await runCommand(['source', 'pause', 'khcn', '--reason', 'a'], env);
      await store.em().execute(`update source set paused_at = null; select pg_notify('lienthong_source', 'khcn')`);
      await runCommand(['source', 'pause', 'khcn', '--reason', 'b'], env);
    }
    stopping.abort();
    expect(await watching).toBe(0);
    expect(out.filter(({ id }) => id === 'operator')).toHaveLength(1);
  });

  test('--check-file says what is wrong, and what is only not set here', async () => {
    const good = await runCommand(['sources', '--check-file', env.SOURCES ?? ''], {});
    expect(good).toMatchObject({ code: 0, out: expect.stringMatching(/1 source, no mistakes/) });
    expect(good.err).toMatch(/not set here: KHCN_KEY, the apiKey of khcn/);
    const path = join(folder, 'wrong.json');
    await writeFile(path, '{\n "sources": [\n  { "id": "A" }\n ]\n}');
    const wrong = await runCommand(['sources', '--check-file', path], {});
    expect(wrong.code).toBe(2);
    expect(wrong.out).toContain(`${path}:3 /sources/0/id: ids are in kebab case.`);
    expect(await runCommand(['sources', '--check-file', join(folder, 'none.json')], {})).toMatchObject({ code: 2 });
    // The hub itself says the same, and what is not set.
    const started = await runCommand(['check', 'khcn'], { ...env, SOURCES: path });
    expect(started).toMatchObject({ code: 2, err: expect.stringContaining('/sources/0/id') });
  });
});
