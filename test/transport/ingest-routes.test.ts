import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { toPublicError, UnauthenticatedError } from '../../src/errors/index.ts';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import type { Admission, IngestPort } from '../../src/transport/ingest-routes.ts';
import { startGateway } from './support/gateway.ts';

let stop: (() => Promise<void>) | undefined;
const open: ClientRequest[] = [];

/** A gateway before a port that takes everything; `admit` as a test says. */
async function start(admit: Partial<Admission> | Error) {
  const admitted: Admission = {
    isKnown: true,
    maxBytes: 1_000,
    receive: async () => ({ receipt: 'r', duplicate: false }),
    ...admit,
  };
  let admissions = 0;
  let onAdmit = (): void => undefined;
  const port: IngestPort = {
    admit: async () => {
      admissions += 1;
      onAdmit();
      if (admit instanceof Error) throw admit;
      return admitted;
    },
    findReceipt: async () => ({ receipt: 'r', duplicate: false }),
  };
  const gateway = await startGateway({
    source: new ReplayChangeSource(),
    server: { ingest: port, formatError: (error: unknown) => toPublicError(error) },
  });
  stop = () => gateway.stop();
  return {
    url: `http://127.0.0.1:${gateway.port}/ingest/x`,
    admitted: (count: number) =>
      new Promise<void>((resolve) => {
        onAdmit = () => admissions >= count && resolve();
        onAdmit();
      }),
  };
}

/** A delivery of which one byte has come and the rest does not. */
function trickle(url: string): ClientRequest {
  const outgoing = request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': 900 },
  });
  outgoing.on('error', () => undefined).write('[');
  open.push(outgoing);
  return outgoing;
}
const post = async (url: string, body = '[]'): Promise<number> =>
  (await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })).status;

afterEach(async () => {
  for (const one of open.splice(0)) one.destroy();
  await stop?.();
});

describe('deliveries over HTTP', () => {
  test('whose bodies trickle in keep nobody out, however many there are', async () => {
    const gateway = await start({ isKnown: false });
    for (let nth = 0; nth < 100; nth += 1) trickle(gateway.url);
    await gateway.admitted(100);
    expect(await post(gateway.url)).toBe(202);
  });

  test('of somebody who has no business here are answered before their body has come', async () => {
    const { url } = await start(new UnauthenticatedError());
    const [response] = await once(trickle(url), 'response');
    expect(response.statusCode).toBe(401);
  });

  test('are refused beyond what their source takes, and taken up to it', async () => {
    const { url } = await start({ maxBytes: 100 });
    expect(await post(url, ' '.repeat(100))).toBe(202);
    expect(await post(url, ' '.repeat(101))).toBe(413);
  });

  test('that are in hand are so many at a time, and the others are to come again', async () => {
    const finish: (() => void)[] = [];
    let onReceive = (): void => undefined;
    const full = new Promise<void>((resolve) => {
      onReceive = () => finish.length === 64 && resolve();
    });
    const { url } = await start({
      receive: async () => {
        await new Promise<void>((resolve) => {
          finish.push(resolve);
          onReceive();
        });
        return { receipt: 'r', duplicate: false };
      },
    });
    const taken = Array.from({ length: 64 }, () => post(url));
    await full;
    expect(await post(url)).toBe(429);
    for (const resolve of finish) resolve();
    expect(new Set(await Promise.all(taken))).toEqual(new Set([202]));
  });
});
