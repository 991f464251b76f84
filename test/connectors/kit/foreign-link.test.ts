import { afterEach, describe, expect, test } from '@jest/globals';
import { apiKey, nextLink } from '../../../connectors/kit/index.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import { createBench, type TestBench } from '../support/contexts.ts';
import { defineLinked } from '../support/linked-list.ts';
import { type ScriptedServer, startScripted } from '../support/scripted-server.ts';

describe('a next link', () => {
  const opened: ScriptedServer[] = [];
  let bench: TestBench;
  afterEach(async () => {
    bench.shared.close();
    await Promise.all(opened.splice(0).map((server) => server.stop()));
  });
  const open = async (...script: Parameters<typeof startScripted>) => {
    const server = await startScripted(...script);
    opened.push(server);
    return server;
  };
  const read = async (linkOf: (own: string, other: string) => string) => {
    const other = await open(() => ({ body: { items: [{ id: 'STOLEN' }] } }));
    const server: ScriptedServer = await open((nth) =>
      nth === 1
        ? { body: { items: [{ id: 'A' }], next: linkOf(server.baseUrl, other.baseUrl) } }
        : { body: { items: [{ id: 'B' }] } },
    );
    bench = createBench(server.baseUrl, { credentials: { apiKey: 'k' } });
    const result = await readAll(defineLinked(nextLink, apiKey({ header: 'X-API-Key' })), bench.context);
    return { result, asked: server.requests.map(({ url }) => url), told: other.requests.length };
  };

  test.each([
    { name: 'a whole address', linkOf: (own: string) => `${own}/things?page=2` },
    { name: 'a relative one', linkOf: () => '?page=2' },
  ])('that is $name of the same server is followed', async ({ linkOf }) => {
    const { result, asked } = await read(linkOf);
    expect([result.error, result.complete, asked]).toEqual([undefined, ['things'], ['/things', '/things?page=2']]);
  });

  test.each([
    { name: 'a whole address', linkOf: (_own: string, other: string) => `${other}/things` },
    { name: 'one without a scheme', linkOf: (_own: string, other: string) => other.replace('http:', '') },
  ])('that is $name of another server is not: that one never sees the key', async ({ linkOf }) => {
    const { result, told } = await read(linkOf);
    expect(result.error).toMatchObject({ code: 'UPSTREAM_CONTRACT', message: expect.stringMatching(/another server/) });
    expect([result.complete, result.observations.length, told]).toEqual([[], 1, 0]);
  });
});
