import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createDefaultSources } from '../../connectors/default-sources.ts';
import { connectors } from '../../connectors/index.ts';
import { FaultPlan } from '../../connectors/kit/sandbox/faults.ts';
import { sourceFileSchema } from '../../connectors/kit/source-file.ts';
import { type Sandbox, startSandbox } from '../../connectors/sandbox.ts';
import { createSandboxClock, SANDBOX_END, SANDBOX_START } from '../../connectors/sandbox-clock.ts';
import { standIns } from '../../connectors/stand-ins.ts';
import { loadProvinces } from '../../seeds/facts.ts';

const clock = { now: () => new Date('2025-06-27T12:15:00+07:00') };

describe('the clock of the sandbox', () => {
  const anchorReal = new Date('2026-01-01T00:00:00Z');
  test.each([
    { name: 'stands at the start until its anchor', afterMs: -5000, expected: SANDBOX_START },
    { name: 'makes a day of a minute', afterMs: 60_000, expected: new Date('2025-06-26T00:00:00+07:00') },
    { name: 'stands still at the end', afterMs: 3_600_000, expected: SANDBOX_END },
  ])('$name', ({ afterMs, expected }) => {
    const real = { now: () => new Date(anchorReal.getTime() + afterMs) };
    const sandboxClock = createSandboxClock({
      anchorReal,
      speed: 1440,
      start: SANDBOX_START,
      end: SANDBOX_END,
      clock: real,
    });
    expect(sandboxClock.now()).toEqual(expected);
  });
});

describe('the sandbox', () => {
  let sandbox: Sandbox;
  afterEach(() => sandbox.stop());

  test('offers a source for every account of every stand-in, with a connector and with credentials for all it needs', async () => {
    sandbox = await startSandbox({ port: 0, clock, seed: 1 });
    const { sources } = createDefaultSources(sandbox);
    const { provinces } = loadProvinces();
    const accounts = standIns.flatMap((standIn) => standIn.accounts(provinces));
    expect(sources.map(({ id }) => id)).toEqual(accounts.map(({ id }) => id));
    expect(new Set(accounts.map(({ path }) => path)).size).toBe(accounts.length);
    // Every province has its platform, besides the others.
    expect(accounts.filter(({ id }) => id.startsWith('lgsp-'))).toHaveLength(34);
    for (const source of sources) {
      const needed = connectors.get(source.connector)?.spec().credentials ?? [];
      expect(Object.keys(source.credentials).sort()).toEqual([...needed].sort());
      for (const variable of Object.values(source.credentials)) expect(sandbox.credentials[variable]).toMatch(/.{20,}/);
    }
    // It is what people read.
    const names = sources.flatMap(({ name }) => name ?? []);
    expect(names).toHaveLength(sources.length);
    expect(names.filter((name) => /[A-Z]_[A-Z]/.test(name))).toEqual([]);
    expect(sources[0]).toMatchObject({ id: 'khcn', ttl: 600, voices: { summary: { precedence: { default: 40 } } } });
  });

  test('takes faults over HTTP as JSON, says what is armed, and refuses what is no fault', async () => {
    sandbox = await startSandbox({ port: 0, clock, seed: 1, credentials: { KHCN_API_KEY: 'known-key' } });
    expect(sandbox.credentials.KHCN_API_KEY).toBe('known-key');
    const post = (body: unknown, type = 'application/json') =>
      fetch(`${sandbox.address}/control/faults`, {
        method: 'POST',
        headers: { 'Content-Type': type },
        body: JSON.stringify(body),
      });
    expect((await post({ upstream: 'khcn', fault: '503' })).status).toBe(201);
    expect((await post({ upstream: 'khcn', fault: 'no such' })).status).toBe(400);
    const refused = async (upstream: string) => {
      const response = await post({ upstream, fault: '503' });
      return { status: response.status, text: await response.text() };
    };
    expect(await refused('vntp')).toEqual({
      status: 400,
      text: expect.stringMatching(/there is no vntp; faults strike: .*lgsp-01, .*vnpt/),
    });
    expect(await refused('hapro')).toEqual({
      status: 400,
      text: expect.stringMatching(/hapro only sends by itself/),
    });
    expect((await post({ upstream: 'khcn', fault: '503' }, 'text/plain')).status).toBe(415);
    const ask = () => fetch(`${sandbox.baseUrls.khcn}/trien-khai`, { headers: { 'X-API-Key': 'known-key' } });
    expect([(await ask()).status, (await ask()).status]).toEqual([503, 200]);
    const state = (await (await fetch(`${sandbox.address}/control`)).json()) as {
      now: string;
      calls: object;
      faults: [];
    };
    expect(state).toMatchObject({ now: clock.now().toISOString(), calls: { khcn: { data: 2 } }, faults: [] });
  });

  test('lives on after a request that nobody can read, and after one that a stand-in stumbles over', async () => {
    sandbox = await startSandbox({
      port: 0,
      clock,
      seed: 1,
      credentials: { MOBIFONE_PASSWORD: 'p', MOBIFONE_USERNAME: 'u' },
    });
    const basic = Buffer.from('u:p').toString('base64');
    const ask = (path: string) => rawRequest(sandbox.address, `GET ${path} HTTP/1.1`, `Authorization: Basic ${basic}`);
    expect(await ask('//')).toMatch(/^HTTP\/1.1 400 /);
    expect(await ask('/mobifone/xml/suc-khoe/2025-99-99.xml')).toMatch(/^HTTP\/1.1 500 /);
    expect(await ask('/control')).toMatch(/^HTTP\/1.1 200 /);
  });

  test('stops with its signal', async () => {
    const controller = new AbortController();
    sandbox = await startSandbox({ port: 0, clock, seed: 1, signal: controller.signal });
    controller.abort();
    await sandbox.stop();
    await expect(fetch(`${sandbox.address}/control`)).rejects.toThrow();
  });
});

/** What a server answers to a request line that no client would send. */
async function rawRequest(address: string, ...lines: readonly string[]): Promise<string> {
  const { hostname, port, host } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.end([...lines, `Host: ${host}`, 'Connection: close', '', ''].join('\r\n'));
  return text(socket);
}

describe('faults', () => {
  const khcn = { id: 'khcn', connector: 'khcn' };
  const lgsp = { id: 'lgsp-01', connector: 'lgsp-wso2' };

  test('strike the call they are meant for, as often as they are meant to, at one instance or at all of a connector', () => {
    const plan = new FaultPlan({ asked: [khcn, lgsp], pushOnly: [] });
    plan.add({ upstream: 'khcn', fault: '500', nth: 2, times: 2 });
    plan.add({ upstream: 'lgsp-wso2', fault: '401' });
    expect([1, 2, 3, 4].map(() => plan.strike(khcn, 'data'))).toEqual([[], ['500'], ['500'], []]);
    expect([plan.strike(lgsp, 'data'), plan.strike(lgsp, 'data')]).toEqual([['401'], []]);
  });

  test('strike sign-ins, and nothing else, where they are meant for those', () => {
    const plan = new FaultPlan({ asked: [lgsp], pushOnly: [] });
    plan.add({ upstream: 'lgsp-01', fault: '500', on: 'sign-in' });
    expect([plan.strike(lgsp, 'data'), plan.strike(lgsp, 'sign-in'), plan.strike(lgsp, 'sign-in')]).toEqual([
      [],
      ['500'],
      [],
    ]);
  });

  test('by a seed strike the same calls each time', () => {
    const struck = (seed: number): number[] => {
      const plan = new FaultPlan({ asked: [khcn], pushOnly: [] });
      plan.add({ upstream: 'khcn', fault: '500', probability: 0.3, seed, times: 100 });
      return Array.from({ length: 50 }, () => plan.strike(khcn, 'data').length);
    };
    expect(struck(3)).toEqual(struck(3));
    expect(struck(3)).not.toEqual(struck(4));
  });
});

describe('a sources file', () => {
  const source = {
    id: 'a',
    connector: 'khcn',
    config: { baseUrl: 'http://x' },
    credentials: { apiKey: 'KEY' },
    schedule: { everySeconds: 5 },
    ttl: 'PT10M',
    precedence: { default: 10 },
  };
  test.each([
    { name: 'durations become seconds', change: { ttl: 'P1DT1H' }, ok: true },
    { name: 'a ttl of null is for ever', change: { ttl: null }, ok: true },
    { name: 'a duration that is none', change: { ttl: '10 minutes' }, ok: false },
    { name: 'precedence without a default', change: { precedence: { link: 1 } }, ok: false },
    { name: 'a secret instead of its variable', change: { credentials: { apiKey: 's3cret' } }, ok: false },
    { name: 'a member that nobody knows', change: { tll: 5 }, ok: false },
  ])('$name', ({ change, ok }) => {
    expect(sourceFileSchema.safeParse({ sources: [{ ...source, ...change }] }).success).toBe(ok);
  });

  test('names each source once, voices included', () => {
    const voices = { summary: { name: 's', precedence: { default: 1 }, ttl: null } };
    const file = {
      sources: [
        { ...source, voices },
        { ...source, id: 'a-summary' },
      ],
    };
    expect(sourceFileSchema.safeParse(file).error?.issues[0]?.message).toBe('two sources have the id a-summary');
  });
});
