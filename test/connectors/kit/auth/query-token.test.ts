import { afterEach, describe, expect, test } from '@jest/globals';
import { nextLink, queryToken } from '../../../../connectors/kit/index.ts';
import { readAll } from '../../../../connectors/testkit/read-all.ts';
import type { Json } from '../../../../schema/kinds/fact-kind.ts';
import { createBench, definePlain, type TestBench } from '../../support/contexts.ts';
import { defineLinked } from '../../support/linked-list.ts';
import { type ScriptedServer, startScripted } from '../../support/scripted-server.ts';

const TOKEN = 'bí+mật/của=tôi&x';

describe('a token in the query', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });

  test('goes with each request and stands in nothing that is logged or kept', async () => {
    const log: string[] = [];
    const note = (fields: object, message: string): void => void log.push(`${JSON.stringify(fields)} ${message}`);
    server = await startScripted((nth) =>
      nth === 1 ? { status: 503 } : { body: [{ id: 'DVCQG' }, { id: TOKEN }, {}] },
    );
    bench = createBench(server.baseUrl, {
      credentials: { token: TOKEN },
      logger: { debug: note, info: note, warn: note },
    });
    const { pages, error, rejections } = await readAll(definePlain({ auth: () => queryToken() }), bench.context);
    expect([error, rejections.length, log.length]).toEqual([undefined, 1, 1]);
    const sent = server.requests.map(({ url }) => new URL(url, server.baseUrl).searchParams.get('token'));
    expect(sent).toEqual([TOKEN, TOKEN]);
    const told = JSON.stringify([
      log,
      rejections,
      pages.map(({ raw, checkpoint }) => [raw?.request, raw?.headers, checkpoint]),
    ]);
    expect(told).toContain('/things');
    for (const secret of [TOKEN, encodeURIComponent(TOKEN)]) expect(told).not.toContain(secret);
  });

  test('replaces an older one that a link carries', async () => {
    const answers: Json[] = [{ items: [{ id: 'A' }], next: '/things?page=2&token=old' }, { items: [{ id: 'B' }] }];
    server = await startScripted((nth) => ({ body: answers[nth - 1] }));
    bench = createBench(server.baseUrl, { credentials: { token: 'new' } });
    const { observations } = await readAll(defineLinked(nextLink, queryToken()), bench.context);
    expect(observations.length).toBe(2);
    expect(server.requests.map(({ url }) => url)).toEqual(['/things?token=new', '/things?page=2&token=new']);
  });
});
