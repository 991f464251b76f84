import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createPusher, type Pusher, type PusherOptions } from '../../../../connectors/kit/sandbox/pusher.ts';
import { jsonEvent, type SandboxSender } from '../../../../connectors/kit/sandbox/sender.ts';
import { realSleep } from '../../../../connectors/kit/sleep.ts';
import { type ScriptedServer, startScripted } from '../../support/scripted-server.ts';

const START = new Date('2025-06-25T00:00:00Z');
const ids = Array.from({ length: 40 }, (_, index) => `e-${index}`);

let server: ScriptedServer;
let now = START;
let realNow = new Date('2026-01-01T00:00:00Z');
let statusFor: (nth: number) => number = () => 202;
const made: string[] = [];
const forgotten: string[] = [];

/** Something happens every minute; a report says which minute it is. */
const sender = (over: Partial<SandboxSender> = {}): SandboxSender => ({
  source: 'pushed',
  name: 'one',
  eventsBetween: (since, at) =>
    ids
      .filter((_, index) => {
        const moment = START.getTime() + index * 60_000;
        return moment > since.getTime() && moment <= at.getTime();
      })
      .map((id) => jsonEvent(id, { id })),
  reportAt: (at, sentAt) => [jsonEvent(`report-${sentAt.getTime()}`, { at })],
  headersOf: ({ id }) => ({ 'x-event': id }),
  ...over,
});

const create = (over: Partial<PusherOptions> = {}): Pusher =>
  createPusher({
    hub: server.baseUrl,
    senders: [sender()],
    clock: { now: () => now },
    realClock: { now: () => realNow },
    seed: 7,
    keys: {
      of: async ({ name }) => {
        made.push(name);
        return `key-${made.length}`;
      },
      forget: ({ name }) => void forgotten.push(name),
    },
    sleep: realSleep,
    ...over,
  });

const delivered = (): string[] => server.requests.map(({ headers }) => String(headers['x-event']));
const events = (): string[] => delivered().filter((id) => id.startsWith('e-'));

beforeEach(async () => {
  now = START;
  statusFor = () => 202;
  made.length = 0;
  forgotten.length = 0;
  server = await startScripted((nth) => ({ status: statusFor(nth), body: {} }));
});
afterEach(() => server.stop());

describe('who pushes in the sandbox', () => {
  test('tells everything that happened, some of it twice and out of order, the same by each seed', async () => {
    const pusher = create();
    for (let minute = 0; minute < 40; minute += 4) {
      now = new Date(START.getTime() + minute * 60_000);
      expect(await pusher.turn()).toBe(0);
    }
    const first = events();
    expect(new Set(first)).toEqual(new Set(ids.slice(0, 37)));
    expect(first.length).toBeGreaterThan(37);
    expect(first).not.toEqual([...first].sort((a, b) => Number(a.slice(2)) - Number(b.slice(2))));
    await server.stop();
    server = await startScripted(() => ({ status: 202, body: {} }));
    const again = create();
    for (let minute = 0; minute < 40; minute += 4) {
      now = new Date(START.getTime() + minute * 60_000);
      await again.turn();
    }
    expect(events()).toEqual(first);
  });

  test('delivers again what the hub did not take, and loses nothing', async () => {
    const pusher = create();
    now = new Date(START.getTime() + 10 * 60_000);
    statusFor = (nth) => (nth % 3 === 0 ? 202 : nth % 3 === 1 ? 503 : 429);
    for (let turn = 0; turn < 100 && (await pusher.turn()) > 0; turn += 1);
    expect(new Set(events())).toEqual(new Set(ids.slice(0, 11)));
  });

  test('goes on when there is no hub, and gives up what the hub refuses for good', async () => {
    const nobody = create({ hub: 'http://127.0.0.1:9' });
    now = new Date(START.getTime() + 60_000);
    expect(await nobody.turn()).toBeGreaterThan(0);
    const pusher = create();
    statusFor = () => 422;
    expect(await pusher.turn()).toBe(0);
  });

  test('says again what is so after a time, with another id, though the clock stands still', async () => {
    const pusher = create({ reportEveryMs: 60_000 });
    await pusher.turn();
    await pusher.turn();
    realNow = new Date(realNow.getTime() + 60_000);
    await pusher.turn();
    const reports = delivered().filter((id) => id.startsWith('report-'));
    expect(reports).toHaveLength(2);
    expect(new Set(reports).size).toBe(2);
  });

  test('shows a key where it needs one, and asks for another when the hub does not know it', async () => {
    const pusher = create({ senders: [sender({ provinces: ['24'], eventsBetween: () => [] })] });
    statusFor = (nth) => (nth === 1 ? 401 : 202);
    expect(await pusher.turn()).toBe(1);
    expect(forgotten).toEqual(['one']);
    expect(await pusher.turn()).toBe(0);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer key-1', 'Bearer key-2']);
  });

  test('ends in the midst of a wait', async () => {
    const pusher = create({ everyMs: 3_600_000 });
    pusher.run();
    await pusher.stop();
    const before = server.requests.length;
    expect(await pusher.turn()).toBeGreaterThanOrEqual(0);
    expect(server.requests).toHaveLength(before);
  });
});
