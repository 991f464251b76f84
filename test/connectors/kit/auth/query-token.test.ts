import { afterEach, describe, expect, test } from '@jest/globals';
import { nextLink, queryToken } from '../../../../connectors/kit/index.ts';
import { readAll } from '../../../../connectors/testkit/read-all.ts';
import type { Json } from '../../../../schema/kinds/fact-kind.ts';
import { createBench, definePlain, type TestBench } from '../../support/contexts.ts';
import { defineLinked } from '../../support/linked-list.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../../support/scripted-server.ts';

const CONDITIONAL = { refreshAfterMs: 60_000, of: 'list' } as const;
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

  test.each([
    { name: 'whole', link: (base: string) => `${base}/things?token=old&page=2` },
    { name: 'relative', link: () => '?page=2&token=old' },
  ])('that a $name link brings back is followed and kept without it', async ({ link }) => {
    server = await startScripted((nth) => ({
      headers: { ETag: `"v${nth}"` },
      body: nth === 1 ? { items: [{ id: 'A' }], next: link(server.baseUrl) } : { items: [{ id: 'B' }] },
    }));
    bench = createBench(server.baseUrl, { credentials: { token: 'new' } });
    const { pages, error } = await readAll(defineLinked(nextLink, queryToken(), CONDITIONAL), bench.context);
    expect([error, server.requests.length]).toEqual([undefined, 2]);
    const kept = JSON.stringify(pages.map(({ checkpoint, raw }) => [checkpoint, raw?.request]));
    expect(kept).toContain('page=2');
    expect(kept).not.toMatch(/token/);
  });

  test('that an error code echoes is told by nobody', async () => {
    server = await startScripted(() => ({ body: { code: `no ${TOKEN}` } }));
    bench = createBench(server.baseUrl, { credentials: { token: TOKEN } });
    const connector = definePlain({
      auth: () => queryToken(),
      errorCodeOf: (body) => (body as { code?: string }).code,
    });
    const { error } = await readAll(connector, bench.context);
    expect(error?.message).toMatch(/code no \[removed\]/);
    expect(`${error?.stack}`).not.toContain(TOKEN);
  });

  test('that a broken answer echoes is told by nobody', async () => {
    const log: string[] = [];
    const note = (fields: object, message: string): void => void log.push(`${JSON.stringify(fields)} ${message}`);
    const echo = `/things?khoa=${encodeURIComponent(TOKEN)}`;
    const answers: ScriptedAnswer[] = [
      { body: { items: [{ id: 'A' }], next: `${echo}&page=2` } },
      { status: 503 },
      { body: { items: [{ id: 'A' }], next: `http://[${echo}` } },
    ];
    server = await startScripted((nth) => answers[nth - 1] ?? { status: 422 });
    bench = createBench(server.baseUrl, {
      credentials: { token: TOKEN },
      logger: { debug: note, info: note, warn: note },
    });
    const { error } = await readAll(defineLinked(nextLink, queryToken()), bench.context);
    const told = [...log, error?.message, error?.userMessage, error?.stack].join();
    expect(log.length).toBeGreaterThan(2);
    for (const secret of [TOKEN, encodeURIComponent(TOKEN)]) expect(told).not.toContain(secret);
  });
});
