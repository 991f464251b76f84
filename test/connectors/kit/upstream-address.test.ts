import { expect, test } from '@jest/globals';
import { upstreamAddress } from '../../../connectors/kit/upstream-address.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import { createBench, definePlain } from '../support/contexts.ts';
import { startScripted } from '../support/scripted-server.ts';

test.each([
  { given: 'https://API.vn/', address: 'https://api.vn' },
  { given: 'https://api.vn:443', address: 'https://api.vn' },
  { given: 'https://api.vn/v1//', address: 'https://api.vn/v1' },
  { given: 'https://api.vn/V1', address: 'https://api.vn/V1' },
  { given: 'https://api.vn:8443', address: 'https://api.vn:8443' },
  { given: 'api.vn', address: undefined },
])('$given is the upstream $address', ({ given, address }) => {
  expect(upstreamAddress(given)).toBe(address);
});

test('two spellings of an address have one breaker', async () => {
  const server = await startScripted(() => ({ status: 503 }));
  const connector = definePlain({ breaker: { failureThreshold: 4, openMs: 30_000 } });
  const bench = createBench(server.baseUrl);
  await readAll(connector, bench.context);
  const other = createBench(`${server.baseUrl.replace('http', 'HTTP')}/`, { shared: bench.shared });
  const { error } = await readAll(connector, other.context);
  expect([error?.message, server.requests.length]).toEqual(['circuit breaker is open', 4]);
  bench.shared.close();
  await server.stop();
});
