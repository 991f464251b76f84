import * as os from 'node:os';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { TestBench } from '../../support/contexts.ts';
import type { ScriptedServer } from '../../support/scripted-server.ts';

// A disk that is full cannot be had; a directory that is not there is refused by the same call.
jest.unstable_mockModule('node:os', () => ({ ...os, default: os, tmpdir: () => '/nowhere' }));
const { readAll } = await import('../../../../connectors/testkit/read-all.ts');
const { createBench, definePlain } = await import('../../support/contexts.ts');
const { startScripted } = await import('../../support/scripted-server.ts');

/** Beyond what stands in memory. */
const LARGE = 5 * 2 ** 20;

let server: ScriptedServer;
let bench: TestBench;
afterEach(async () => {
  bench.shared.close();
  await server.stop();
});

test('an answer that the hub has no place for is its own fault, and not counted against the upstream', async () => {
  server = await startScripted(() => ({ body: [{ id: 'x'.repeat(LARGE) }] }));
  bench = createBench(server.baseUrl);
  const connector = definePlain({ breaker: { failureThreshold: 1, openMs: 30_000 } });
  const { error } = await readAll(connector, bench.context);
  expect(error).toMatchObject({ code: 'UPSTREAM_TRANSIENT', userMessage: expect.stringMatching(/^The hub could not/) });
  expect(error?.userMessage).toMatch(/ENOENT/);
  const before = server.requests.length;
  await readAll(connector, bench.context);
  expect(server.requests.length).toBeGreaterThan(before);
});
