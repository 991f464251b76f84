import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import { type GatewayOptions, startGateway, type TestGateway } from './support/gateway.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(options: Partial<GatewayOptions> = {}): Promise<TestGateway & { base: string }> {
  const gateway = await startGateway({ source: new ReplayChangeSource(), ...options });
  cleanUps.push(() => gateway.stop());
  return { ...gateway, base: `http://127.0.0.1:${gateway.port}` };
}

const ask = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    body: '{"query":"{ hello }"}',
    headers: { 'content-type': 'application/json', ...headers },
  });

/** `fetch` does not let a test choose its Host. */
const statusForHost = (port: number, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ port, path: '/schema.graphql', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    outgoing.on('error', reject).end();
  });

describe('health', () => {
  it('says that the process lives, and what is not ready by name', async () => {
    const broken = { name: 'database', check: async () => 'does not answer' };
    const fine = { name: 'feed', check: async () => undefined };
    const throwing = { name: 'queue', check: () => Promise.reject(new Error('select secret')) };
    const about = (): object => ({ clock: 'simulated' });
    const gateway = await start({ server: { checks: [broken, fine, throwing], about } });
    expect(await (await fetch(`${gateway.base}/healthz`)).json()).toEqual({ status: 'ok' });
    const response = await fetch(`${gateway.base}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'not ready',
      notReady: { database: 'does not answer', queue: 'is not available' },
      clock: 'simulated',
    });
  });

  it('is ready when everything is', async () => {
    const gateway = await start();
    const response = await fetch(`${gateway.base}/readyz`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'ready' }]);
  });

  it('gives the figures and the schema to those who may read', async () => {
    const gateway = await start();
    const metrics = await (await fetch(`${gateway.base}/metrics`)).text();
    expect(metrics).toContain('lienthong_feed_subscribers 0');
    expect(await (await fetch(`${gateway.base}/schema.graphql`)).text()).toContain('type Query');
    const headers = { authorization: 'Bearer lt_wrong' };
    for (const path of ['/metrics', '/schema.graphql', '/graphql']) {
      expect((await fetch(gateway.base + path, { headers })).status).toBe(401);
    }
  });
});

describe('GraphQL over HTTP', () => {
  it('is handed to the handler with body and rights', async () => {
    const gateway = await start();
    expect(await (await ask(gateway.url)).json()).toEqual({ data: { hello: 'xin chào' } });
  });

  it('refuses a body that is too large, also one that does not say how large it is', async () => {
    const gateway = await start();
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(' '.repeat(50_000))),
    });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(gateway.url, { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_DOCUMENT_SIZE' } }] });
    expect((await ask(gateway.url)).status).toBe(200);
  });

  it('hides what a handler failed of', async () => {
    const gateway = await start({
      server: {
        graphqlHandler: () => {
          throw new Error('select secret');
        },
      },
    });
    const response = await ask(gateway.url);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });

  it('says what is wrong with an address that cannot be decoded, and does not take it for a fault of its own', async () => {
    const never = () => Promise.reject(new Error('not to be asked'));
    const gateway = await start({ server: { ingest: { admit: never, findReceipt: never } } });
    const response = await ask(`${gateway.base}/ingest/%ff`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  it('says that there is nothing at other paths', async () => {
    const gateway = await start();
    const response = await fetch(`${gateway.base}/admin`);
    expect([response.status, await response.json()]).toEqual([
      404,
      { errors: [{ message: 'There is nothing at /admin.', extensions: { code: 'NOT_FOUND' } }] },
    ]);
  });
});

describe('browsers', () => {
  it('may not call from pages of other origins or sites, and are told nothing of CORS', async () => {
    const gateway = await start();
    const foreign = await ask(gateway.url, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    expect((await ask(gateway.url, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await ask(gateway.url, { origin: 'null' })).status).toBe(403);
  });

  it('may call from our own pages and from origins that are allowed', async () => {
    const gateway = await start({ server: { allowedOrigins: ['https://dashboard.example.vn'] } });
    expect((await ask(gateway.url, { origin: gateway.base })).status).toBe(200);
    const allowed = await ask(gateway.url, { origin: 'https://dashboard.example.vn' });
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://dashboard.example.vn');
  });

  it('get through only with a name of this machine while the hub listens on loopback', async () => {
    const gateway = await start();
    expect(await statusForHost(gateway.port, `rebound.example:${gateway.port}`)).toBe(403);
    expect(await statusForHost(gateway.port, `localhost:${gateway.port}`)).toBe(200);
    expect(await statusForHost(gateway.port, `[::1]:${gateway.port}`)).toBe(200);
  });

  it('get GraphiQL at /graphql, with a policy that lets it load from here only; others get GraphQL there', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'page-'));
    cleanUps.push(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'index.html'), '<title>GraphiQL</title>');
    await writeFile(join(directory, 'page.js'), 'export {};');
    const gateway = await start({ server: { pageDirectory: directory } });
    const page = await fetch(gateway.url, { headers: { accept: 'text/html,*/*' } });
    expect(await page.text()).toContain('GraphiQL');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await fetch(`${gateway.base}/graphiql/page.js`)).status).toBe(200);
    expect((await fetch(`${gateway.base}/graphiql/..%2f..%2fetc/passwd`)).status).toBe(404);
    expect((await fetch(`${gateway.base}/`, { redirect: 'manual' })).headers.get('location')).toBe('/graphql');
    expect(await (await ask(gateway.url)).json()).toEqual({ data: { hello: 'xin chào' } });
  });
});

describe('a stop', () => {
  it('says not ready, finishes what is under way, and resolves', async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const gateway = await start({
      server: {
        graphqlHandler: async (_request, response) => {
          entered.resolve();
          await release.promise;
          response.json({ data: {} });
        },
      },
    });
    const answer = ask(gateway.url);
    await entered.promise;
    const stopped = gateway.stop();
    release.resolve();
    expect((await answer).status).toBe(200);
    await stopped;
    await expect(fetch(`${gateway.base}/healthz`)).rejects.toThrow();
  });

  it('cuts what does not end within its time', async () => {
    const entered = Promise.withResolvers<void>();
    const gateway = await start({ server: { graphqlHandler: () => entered.resolve() } });
    const answer = ask(gateway.url).catch((error: Error) => error.message);
    await entered.promise;
    await gateway.http.stop(50);
    expect(await answer).toContain('fetch failed');
  });
});
