import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { documentPerDay, singlePage } from '../../../connectors/kit/index.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { createBench, definePlain, NOW, type TestBench } from '../support/contexts.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../support/scripted-server.ts';

const frame = z.object({ day: z.string().optional(), rows: z.array(z.unknown()) });

/** Documents from that day on, whose records do not say of which day they are; and, where it is wanted, a list. */
const define = (firstDay: string, paths: readonly string[] = []) =>
  definePlain({
    errors: [{ when: { status: 404 }, action: 'ignore', kind: 'transient', userMessage: 'not there yet' }],
    streams: (stream) => {
      const common = {
        kinds: ['link'],
        contract: z.object({ id: z.string() }),
        contractVersion: '1',
        map: ({ id }: { id: string }) => [
          {
            class: 'fact' as const,
            kind: 'link' as const,
            key: { province: '01', target: id },
            observedAt: NOW,
            attributes: { state: 'UP' },
          },
        ],
      } as const;
      return [
        stream({
          ...common,
          name: 'days',
          mode: 'document',
          paginator: documentPerDay({
            request: (day) => ({ method: 'GET', path: `/${day}` }),
            firstDay: () => firstDay,
            dayOf: (body) => frame.safeParse(body).data?.day,
            repeatDays: 1,
            patienceDays: 2,
          }),
          decode: (body) => frame.parse(body).rows,
        }),
        ...paths.map((path) =>
          stream({
            ...common,
            name: path.slice(1),
            mode: 'snapshot',
            paginator: singlePage(() => ({ method: 'GET', path })),
            decode: (body) => frame.parse(body).rows,
          }),
        ),
      ];
    },
  });

describe('documents by day', () => {
  let server: ScriptedServer;
  let bench: TestBench;
  afterEach(async () => {
    bench.shared.close();
    await server.stop();
  });
  const open = async (answer: (path: string) => ScriptedAnswer) => {
    server = await startScripted((_nth, { url = '' }) => answer(url));
    bench = createBench(server.baseUrl);
  };
  const asked = () => server.requests.map(({ url }) => url);
  const document = (path: string): ScriptedAnswer => ({
    body: { day: path.slice(1), rows: [{ id: 'A' }] } satisfies Json,
  });
  const none: ScriptedAnswer = { status: 404 };

  test('that say the same are read, each once', async () => {
    await open(document);
    const { error, observations } = await readAll(define('2025-06-25'), bench.context);
    expect([error, observations.length]).toEqual([undefined, 3]);
    expect(asked()).toEqual(['/2025-06-25', '/2025-06-26', '/2025-06-27']);
  });

  test('of which not one has ever come are a failure that says what to look at', async () => {
    await open(() => none);
    const { error } = await readAll(define('2025-06-25'), bench.context);
    expect(error).toMatchObject({ code: 'UPSTREAM_CONFIGURATION', userMessage: expect.stringMatching(/base URL/) });
  });

  test('are checked until one is there', async () => {
    await open((path) => (path === '/2025-06-26' ? document(path) : none));
    expect(await define('2025-06-25').check(bench.context)).toMatchObject({ ok: true });
    expect(asked()).toEqual(['/2025-06-25', '/2025-06-26']);
  });

  test('are no good sign where none is there, however many are asked for', async () => {
    await open(() => none);
    for (const firstDay of ['2025-06-26', '2025-06-25', '2024-06-25']) {
      const result = await define(firstDay).check(bench.context);
      expect(result).toMatchObject({ ok: false, code: 'UPSTREAM_CONFIGURATION' });
      expect(result.message).toMatch(/base URL/);
    }
    expect(asked()).toHaveLength(2 + 3 + 10);
  });

  test('leave it to what else the upstream has to say that it answers', async () => {
    await open((path) => (path === '/list' ? document(path) : none));
    expect(await define('2025-06-26', ['/list']).check(bench.context)).toMatchObject({ ok: true });
  });

  test('of which there is none to ask for yet are not taken for an answer', async () => {
    await open(document);
    const result = await define('2025-07-01').check(bench.context);
    expect([result.ok, asked()]).toEqual([false, []]);
    expect(result.message).toMatch(/nobody was asked/);
  });
});
