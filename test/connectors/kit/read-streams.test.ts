import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { singlePage } from '../../../connectors/kit/index.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import { createBench, definePlain, type TestBench } from '../support/contexts.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../support/scripted-server.ts';

const streamsOf = (...paths: string[]) =>
  definePlain({
    streams: (stream) =>
      paths.map((path) =>
        stream({
          name: path.slice(1),
          kinds: ['link'],
          mode: 'snapshot',
          paginator: singlePage(() => ({ method: 'GET', path })),
          decode: (body) => z.array(z.unknown()).parse(body),
          contract: z.unknown(),
          contractVersion: '1',
          map: () => [],
        }),
      ),
  });

describe('a run of which several streams fail', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });
  const limited: ScriptedAnswer = { status: 429, headers: { 'Retry-After': '900' } };
  const broken: ScriptedAnswer = { body: { no: 'list' } };
  const missing: ScriptedAnswer = { status: 422 };

  test.each([
    { name: 'a limit before a fault', a: limited, b: broken, reason: /promised shape/ },
    { name: 'a fault before a limit', a: broken, b: limited, reason: /promised shape/ },
    { name: 'two faults', a: missing, b: broken, reason: /refuses the request/ },
    { name: 'limits alone', a: limited, b: limited, reason: /limits how often/ },
  ])('ends with the first that is broken: $name', async ({ a, b, reason }) => {
    server = await startScripted((_nth, { url }) => (url === '/a' ? a : b));
    bench = createBench(server.baseUrl);
    const { error } = await readAll(streamsOf('/a', '/b'), bench.context);
    expect(error?.userMessage).toMatch(reason);
  });
});
