import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { waitUntil } from '../../src/lib/wait.ts';
import { askHub, type CommandProcess, postgresPid, useCommands } from './hub-process.ts';

const commands = useCommands();

interface Line {
  readonly __typename: string;
  readonly seq: number;
  readonly cursor: string;
}
const events = (tail: CommandProcess): Line[] => tail.lines.map((line) => JSON.parse(line) as Line);
const changes = (tail: CommandProcess): Line[] => events(tail).filter((event) => event.__typename === 'Change');
const until = async (question: () => boolean | Promise<boolean>) =>
  expect(await waitUntil(question, { limitMs: 30_000 })).toBe(true);
const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

describe('a hub on a data directory', () => {
  test('shows an admin key the first time only, answers, and goes on in the same June after a stop', async () => {
    const DATA_DIR = await commands.newDataDir();
    const first = await commands.startHub({ DATA_DIR });
    expect(first.ready).toMatchObject({ adminKey: expect.stringMatching(/^lt_/), sandbox: expect.any(String) });
    expect(first.errors()).not.toContain(first.ready.adminKey);
    const question = '{ clock { now simulated } provinces(first: 50) { totalCount nodes { code } } }';
    type Data = { clock: { now: string; simulated: boolean }; provinces: { totalCount: number } };
    const before = await askHub<Data>(first.address, question);
    expect(before).toMatchObject({ clock: { simulated: true }, provinces: { totalCount: 34 } });
    const began = performance.now();
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await postgresPid(DATA_DIR)).toBeUndefined();

    const second = await commands.startHub({ DATA_DIR });
    expect(second.ready).toEqual({ ready: true, graphql: expect.any(String), sandbox: first.ready.sandbox });
    const after = await askHub<Data>(second.address, question);
    expect(new Date(after.clock.now).getTime()).toBeGreaterThan(new Date(before.clock.now).getTime());
    expect(new Date(after.clock.now).getTime()).toBeLessThan(new Date('2025-07-02T00:00:00+07:00').getTime());
    await second.end('SIGTERM');
  });

  test('is refused to a second hub, which says who has it', async () => {
    const DATA_DIR = await commands.newDataDir();
    const first = await commands.startHub({ DATA_DIR });
    const second = await commands.run(['start'], { DATA_DIR, PORT: '0' });
    expect(second).toMatchObject({ code: 2, err: expect.stringContaining(`process ${first.pid}`) });
    const third = await commands.run(['start'], {
      DATA_DIR: await commands.newDataDir(),
      PORT: new URL(first.address).port,
    });
    expect(third).toMatchObject({ code: 2, err: expect.stringMatching(/Port \d+ on 127\.0\.0\.1 is in use/) });
    await first.end('SIGTERM');
  });

  test('a subscriber goes on after a kill -9 with nothing missing and nothing twice, and hears of a stop', async () => {
    const env = { DATA_DIR: await commands.newDataDir(), PORT: String(await freePort()) };
    const first = await commands.startHub(env);
    const tail = commands.start(['tail', '--json'], env);
    await until(() => changes(tail).length >= 100);
    await first.end('SIGKILL');
    const seen = changes(tail).length;
    const second = await commands.startHub(env);
    await until(() => changes(tail).length >= seen + 100);
    await second.end('SIGTERM');
    await until(() => events(tail).some((event) => event.__typename === 'FeedGoingAway'));
    expect(await tail.end('SIGINT')).toEqual({ code: 0, signal: null });

    const third = await commands.startHub(env);
    const replay = commands.start(['tail', '--json', '--after', events(tail)[0]?.cursor ?? ''], env);
    const last = changes(tail).at(-1)?.seq ?? 0;
    await until(() => changes(replay).some((change) => change.seq >= last));
    const log = changes(replay)
      .map((change) => change.seq)
      .filter((seq) => seq <= last);
    expect(changes(tail).map((change) => change.seq)).toEqual(log);
    await replay.end('SIGINT');
    await third.end('SIGTERM');
  });

  test('mends itself when its PostgreSQL is killed', async () => {
    const DATA_DIR = await commands.newDataDir();
    const hub = await commands.startHub({ DATA_DIR });
    const newestRun = async () => {
      type Data = { syncRuns: { nodes: Array<{ number: number }> } };
      const runs = '{ syncRuns(first: 1, filter: { states: [SUCCEEDED] }) { nodes { number } } }';
      const data = await askHub<Data>(hub.address, runs).catch(() => undefined);
      return data?.syncRuns.nodes[0]?.number ?? 0;
    };
    await until(async () => (await newestRun()) > 0);
    const pid = await postgresPid(DATA_DIR);
    process.kill(pid ?? 0, 'SIGKILL');
    await until(async () => ![undefined, pid].includes(await postgresPid(DATA_DIR)));
    await until(async () => (await newestRun()) > 0);
    const atReturn = await newestRun();
    await until(async () => (await newestRun()) > atReturn);
    await until(async () => (await fetch(`${hub.address}/readyz`)).status === 200);
    await hub.end('SIGTERM');
  });

  test('a second Ctrl-C does not wait', async () => {
    const hub = await commands.startHub({ DATA_DIR: await commands.newDataDir() });
    hub.child.kill('SIGINT');
    await until(() => hub.errors().includes('stopping'));
    expect(await hub.end('SIGINT')).toMatchObject({ signal: null, code: expect.any(Number) });
  });
});

describe('the command line at a running hub', () => {
  test('queries, checks, reads, syncs and manages keys', async () => {
    const DATA_DIR = await commands.newDataDir();
    const hub = await commands.startHub({ DATA_DIR });
    const run = (...args: string[]) => commands.run(args, { DATA_DIR });
    const url = ['--url', hub.address];

    expect(await run('query', '{ province(code: "01") { name } }', '--json', ...url)).toMatchObject({
      code: 0,
      out: '{"province":{"name":"Hà Nội"}}',
    });
    expect(await run('query', '{ nonsense }', ...url)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/nonsense/),
    });
    expect(await run('check', 'vnpt')).toMatchObject({ code: 0, out: expect.stringMatching(/^vnpt: works/) });
    const read = await run('read', 'lgsp-01', '--json');
    expect(read).toMatchObject({ code: 0, err: expect.stringMatching(/Nothing was stored/) });
    expect(JSON.parse(read.out.split('\n')[0] ?? '')).toMatchObject({ class: 'fact', kind: 'link' });
    const synced = await run('sync', 'lgsp-01', '--json');
    expect(synced.code).toBe(0);
    expect(JSON.parse(synced.out)).toMatchObject({ sourceId: 'lgsp-01', state: 'SUCCEEDED' });
    const sources = await run('sources', '--json');
    expect(sources.out.split('\n').map((line) => JSON.parse(line).id)).toEqual(
      expect.arrayContaining(['khcn', 'vnpt']),
    );

    const created = await run('keys', 'create', '--name', 'Nhóm web', '--role', 'operator', '--json');
    const { id, token } = JSON.parse(created.out);
    const sync = 'mutation { syncNow(source: "khcn") { id } }';
    const asOperator = () => commands.run(['query', sync, ...url], { DATA_DIR, LIENTHONG_KEY: token });
    expect(await asOperator()).toMatchObject({ code: 0 });
    expect(await run('query', sync, ...url)).toMatchObject({ code: 5 });
    expect(await run('keys', 'revoke', id)).toMatchObject({ code: 0 });
    await until(async () => (await asOperator()).code === 5);
    expect(await run('keys', 'revoke', 'nobody')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no key "nobody"/),
    });
    await hub.end('SIGTERM');
  });

  test('says so where there is no hub', async () => {
    const env = { DATA_DIR: await commands.newDataDir(), PORT: String(await freePort()) };
    expect(await commands.run(['query', '{ clock { now } }'], env)).toMatchObject({ code: 3 });
    expect(await commands.run(['tail'], env)).toMatchObject({ code: 3, err: expect.stringMatching(/No hub answers/) });
    expect(await commands.run(['sources'], env)).toMatchObject({ code: 3, err: expect.stringMatching(/no data in/) });
    expect(await commands.run(['nonsense'], env)).toMatchObject({ code: 2 });
  });
});
