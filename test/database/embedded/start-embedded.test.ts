import { chmod, chown, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { readEmbeddedUrl } from '../../../src/database/embedded/connection-file.ts';
import { type EmbeddedServer, startEmbedded } from '../../../src/database/embedded/start-embedded.ts';
import { canReach } from '../../../src/database/embedded/system-user.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { identifyProcess } from '../../../src/lib/process-identity.ts';
import { waitUntil } from '../../../src/lib/wait.ts';
import { endChild, type StartedChild, startChild } from './start-child.ts';

const isRoot = process.getuid?.() === 0;
/** `nobody`, whom every Linux has: stands for an ordinary user when the tests run as root. */
const ORDINARY = { uid: 65534, gid: 65534 };
/** A checkout below /root cannot be run by anybody else, so there is no such case to try. */
const isOpenToOthers = isRoot && (await canReach(ORDINARY, import.meta.dirname));

describe('the built-in PostgreSQL', () => {
  let parent: string;
  let dataDir: string;
  let servers: EmbeddedServer[];
  let children: StartedChild[];

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'lienthong-embedded-'));
    await chmod(parent, 0o755);
    dataDir = join(parent, 'data');
    servers = [];
    children = [];
  });
  afterEach(async () => {
    await Promise.all(children.map((child) => endChild(child.process, 'SIGTERM')));
    await Promise.all(servers.map((server) => server.stop()));
    await rm(parent, { recursive: true, force: true });
  });

  const start = async (): Promise<EmbeddedServer> => {
    const server = await startEmbedded({ dataDir, logger: silentLogger, isDurable: false });
    servers.push(server);
    return server;
  };
  const stop = async (server: EmbeddedServer): Promise<void> => {
    servers = servers.filter((other) => other !== server);
    await server.stop();
  };
  const child = async (user?: { uid: number; gid: number }): Promise<StartedChild> => {
    const started = await startChild(dataDir, user);
    children.push(started);
    return started;
  };

  test('keeps its data, its password and its port over a stop', async () => {
    const first = await start();
    await query(first.url, `create table kept as select 'Huế' as name`);
    await stop(first);
    const second = await start();
    expect(await query(second.url, 'select name from kept')).toEqual([{ name: 'Huế' }]);
    expect(second.url).toBe(first.url);
    expect(await readEmbeddedUrl(dataDir)).toBe(second.url);
  });

  test('is reached from loopback only, with the password, which nobody else can read', async () => {
    const { url } = await start();
    const settings = await query(
      url,
      `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
        current_setting('password_encryption') as passwords, current_setting('server_encoding') as encoding,
        current_setting('data_checksums') as checksums, version() ~ '^PostgreSQL 18' as is18`,
    );
    expect(settings).toEqual([
      {
        addresses: '127.0.0.1',
        sockets: '',
        passwords: 'scram-sha-256',
        encoding: 'UTF8',
        checksums: 'on',
        is18: true,
      },
    ]);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600);
  });

  test('a second hub on the directory is refused, and told which process has it', async () => {
    const { url } = await start();
    const second = await child();
    expect(second.failed).toMatchObject({
      code: 'CONFIGURATION',
      message: expect.stringContaining(String(process.pid)),
    });
    await expect(startEmbedded({ dataDir, logger: silentLogger })).rejects.toThrow(/in use by another hub.*DATA_DIR/);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('of five hubs that find a stale lock at once, one starts', async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'hub.lock'), JSON.stringify({ pid: process.pid, startMark: 'long ago' }));
    const five = await Promise.all([1, 2, 3, 4, 5].map(() => child()));
    expect(five.filter(({ url }) => url)).toHaveLength(1);
    expect(five.filter(({ failed }) => failed?.code === 'CONFIGURATION')).toHaveLength(4);
  });

  test('after the hub was killed, the server it left is stopped and what was committed is there', async () => {
    const killed = await child();
    await query(killed.url as string, 'create table kept as select 1 as one');
    await endChild(killed.process, 'SIGKILL');
    expect(await identifyProcess(killed.pid as number)).toBeDefined();
    const server = await start();
    expect(await identifyProcess(killed.pid as number)).toBeUndefined();
    expect(await query(server.url, 'select one from kept')).toEqual([{ one: 1 }]);
  });

  test('after hub and server were killed, it recovers what was committed', async () => {
    const killed = await child();
    await query(killed.url as string, 'create table kept as select 1 as one');
    await endChild(killed.process, 'SIGKILL');
    process.kill(killed.pid as number, 'SIGKILL');
    const server = await start();
    expect(await query(server.url, 'select one from kept')).toEqual([{ one: 1 }]);
  });

  test('a server that dies under a running hub is reported, and restarts where clients look for it', async () => {
    const server = await start();
    const database = await openDatabase({ url: server.url, applicationName: 'lienthong test' });
    await database.fork().execute('create table kept as select 1 as one');
    const died = new Promise((resolve) => server.onExit(resolve));
    const firstPid = server.pid;
    process.kill(firstPid, 'SIGKILL');
    expect(await died).toMatchObject({ signal: 'SIGKILL' });
    await Promise.all([server.restart(), server.restart()]);
    expect(server.pid).not.toBe(firstPid);
    expect(
      await waitUntil(
        () =>
          database.ping().then(
            () => true,
            () => false,
          ),
        { limitMs: 5_000 },
      ),
    ).toBe(true);
    expect(await database.fork().execute('select one from kept')).toEqual([{ one: 1 }]);
    await database.close();
  });

  test('a stop is not reported as a death', async () => {
    const server = await start();
    let isReported = false;
    server.onExit(() => {
      isReported = true;
    });
    await stop(server);
    expect(isReported).toBe(false);
    expect(await identifyProcess(server.pid)).toBeUndefined();
  });

  test('a cluster whose making was interrupted is made anew', async () => {
    await mkdir(join(dataDir, 'postgres.new'), { recursive: true });
    await writeFile(join(dataDir, 'postgres.new', 'PG_VERSION'), '18\n');
    const { url } = await start();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await readdir(dataDir)).not.toContain('postgres.new');
  });

  test('a port that somebody took meanwhile is replaced', async () => {
    const first = await start();
    await stop(first);
    const squatter = await listenOn(Number(new URL(first.url).port));
    const second = await start();
    expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await new Promise((resolve) => squatter.close(resolve));
  });

  test('a lock file of the server whose number is now that of another process does not hinder', async () => {
    const first = await start();
    const path = join(await realpath(join(dataDir, 'postgres')), 'postmaster.pid');
    const text = await readFile(path, 'utf8');
    const { uid, gid } = await stat(path);
    await stop(first);
    await writeFile(path, text.replace(/^\d+/, String(process.pid)));
    if (isRoot) await chown(path, uid, gid);
    const second = await start();
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a lost record of the password is replaced', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 1 as one');
    await stop(first);
    await rm(join(dataDir, 'postgres.json'));
    const second = await start();
    expect(await query(second.url, 'select one from kept')).toEqual([{ one: 1 }]);
    await expect(query(first.url, 'select 1')).rejects.toThrow();
  });

  test('a start that is cancelled leaves nothing running and the directory free', async () => {
    const stopping = new AbortController();
    const starting = startEmbedded({
      dataDir,
      logger: silentLogger,
      isDurable: false,
      signal: stopping.signal,
      onProgress: () => stopping.abort(new Error('stopped')),
    });
    await expect(starting).rejects.toThrow();
    const { url } = await start();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('Vietnamese sorts and folds the same on every machine', async () => {
    const { url } = await start();
    expect(await query(url, `select lower('ĐẮK LẮK') as low, 'Huế' ilike 'HUẾ' as same`)).toEqual([
      { low: 'đắk lắk', same: true },
    ]);
  });

  // Only root can change users; run by an ordinary user, the tests above are the case of an ordinary user.
  if (isRoot) {
    describe('as root', () => {
      test('the server of root runs as another user', async () => {
        const { pid } = await start();
        expect((await stat(`/proc/${pid}`)).uid).not.toBe(0);
      });

      test('a data directory below one that only root can enter works, and again after a kill', async () => {
        await chmod(parent, 0o700);
        const killed = await child();
        await query(killed.url as string, 'create table kept as select 1 as one');
        await endChild(killed.process, 'SIGKILL');
        const server = await start();
        expect(await query(server.url, 'select one from kept')).toEqual([{ one: 1 }]);
        await stop(server);
        const place = await realpath(join(dataDir, 'postgres'));
        expect(place.startsWith(parent)).toBe(false);

        // Deleting the data directory is deleting the data: the next start there begins anew.
        await rm(dataDir, { recursive: true });
        const anew = await start();
        await expect(query(anew.url, 'select one from kept')).rejects.toMatchObject({ code: '42P01' });
        await expect(stat(place)).rejects.toMatchObject({ code: 'ENOENT' });
        await stop(anew);
        await rm(join(await realpath(join(dataDir, 'postgres')), '..'), { recursive: true });
      });
    });
  }

  if (isOpenToOthers) {
    describe('as an ordinary user', () => {
      test('an ordinary user needs no other', async () => {
        await chown(parent, ORDINARY.uid, ORDINARY.gid);
        const started = await child(ORDINARY);
        expect(started).toMatchObject({ user: ORDINARY.uid, url: expect.any(String) });
        expect((await stat(`/proc/${started.pid}`)).uid).toBe(ORDINARY.uid);
        expect(await query(started.url as string, 'select 1 as one')).toEqual([{ one: 1 }]);
      });

      test('root goes on with the data of an ordinary user, as that user', async () => {
        await chown(parent, ORDINARY.uid, ORDINARY.gid);
        const started = await child(ORDINARY);
        await query(started.url as string, 'create table kept as select 1 as one');
        await endChild(started.process, 'SIGTERM');
        const server = await start();
        expect(await query(server.url, 'select one from kept')).toEqual([{ one: 1 }]);
        expect((await stat(`/proc/${server.pid}`)).uid).toBe(ORDINARY.uid);
      });
    });
  }
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function listenOn(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.on('error', reject).listen({ port, host: '127.0.0.1' }, () => resolve(server));
  });
}
