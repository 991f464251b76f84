import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConnectorContext, ReadPage } from '../../connectors/kit/connector.ts';
import { AnswerBody } from '../../connectors/kit/http/answer-body.ts';
import type { Sandbox } from '../../connectors/sandbox.ts';
import type { SuiteSubject } from '../../connectors/testkit/connector-suite.ts';
import { type ReadResult, readAll, textsOf } from '../../connectors/testkit/read-all.ts';
import { vxpConnector } from '../../connectors/vxp/connector.ts';
import type { FactObservation } from '../../schema/observation.ts';
import { provinceLinksAt } from '../../seeds/june/links.ts';
import { createBench, type TestBench } from './support/contexts.ts';
import { createSubject } from './support/sandbox-subject.ts';

const AT = '2025-06-27T12:15:00+07:00';
const MESSAGES = 34;

describe('connector vxp', () => {
  let subject: SuiteSubject;
  let sandbox: Sandbox;
  let bench: TestBench;
  beforeEach(async () => {
    ({ subject, sandbox } = await createSubject('vxp', AT, []));
  });
  afterEach(() => sandbox.stop());

  const within = async <T>(
    overrides: Partial<ConnectorContext>,
    work: (context: ConnectorContext) => Promise<T>,
  ): Promise<T> => {
    const { config, credentials, domainClock } = subject;
    bench = createBench('', { ...overrides, config: config as never, credentials, domainClock });
    return work(bench.context).finally(() => bench.shared.close());
  };
  const read = (overrides: Partial<ConnectorContext> = {}, killedAfter?: number): Promise<ReadResult> =>
    within(overrides, (context) => readAll(vxpConnector, context, killedAfter));
  const messagesOf = ({ observations }: Pick<ReadPage, 'observations'>): string[] => [
    ...new Set(observations.map(({ detail }) => String(detail?.correlationId))),
  ];

  test('says of each province what its own platform says of the axis', async () => {
    const { observations, error, rejections } = await read();
    expect([error, rejections]).toEqual([undefined, []]);
    const said = new Map<string, Record<string, unknown>>();
    for (const { key, attributes, detail } of observations as readonly FactObservation[]) {
      expect([key.target, detail?.simulated]).toEqual(['VXP', true]);
      said.set(key.province ?? '', { ...said.get(key.province ?? ''), ...attributes });
    }
    expect(said.size).toBe(MESSAGES);
    for (const [province, attributes] of said) {
      const held = provinceLinksAt(new Date(AT), 2025, province).find(({ target }) => target === 'VXP');
      expect(attributes).toEqual({
        state: held?.state,
        latencyMs: held?.latencyMs,
        lastSuccessAt: held?.lastSuccessAt?.toISOString(),
        detail: held?.detail ?? null,
      });
    }
  });

  test('acknowledges what is stored, so that it does not come again until there is news', async () => {
    const first = await read();
    const again = await read();
    expect([messagesOf(first).length, messagesOf(again)]).toEqual([MESSAGES, []]);
    subject.setTime(new Date(new Date(AT).getTime() + 60 * 60_000));
    const news = messagesOf(await read());
    expect(news.length).toBeGreaterThan(0);
    expect(news.length).toBeLessThan(MESSAGES);
    expect(news.filter((message) => messagesOf(first).includes(message))).toEqual([]);
  });

  test('keeps what it listed until it is acknowledged, though the province reports anew meanwhile', async () => {
    const before = await read({ isTrial: true });
    subject.setTime(new Date(new Date(AT).getTime() + 24 * 60 * 60_000));
    const after = messagesOf(await read());
    expect(after).toEqual(expect.arrayContaining(messagesOf(before)));
    expect(after.length).toBeGreaterThan(MESSAGES);
    expect(messagesOf(await read())).toEqual([]);
  });

  test('a message that was taken by somebody else between list and get breaks nothing', async () => {
    let calls = 0;
    const stop = sandbox.control.onCall(() => {
      calls += 1;
      // The list is the first call; a client that has gone away changes the names of all deliveries.
      if (calls === 2) sandbox.control.forget('vxp');
    });
    const { error, observations } = await read();
    stop();
    expect([error, observations]).toEqual([undefined, []]);
    expect(messagesOf(await read())).toHaveLength(MESSAGES);
  });

  test('a run that dies before it acknowledges gets the message again, and says the same', async () => {
    const cut = await read({}, 10);
    expect(cut.pages).toHaveLength(10);
    const rest = await read();
    const both = messagesOf(cut).filter((message) => messagesOf(rest).includes(message));
    // The tenth page was stored, and the hub died before it could say so.
    expect(both).toEqual(messagesOf(cut.pages.at(-1) as ReadPage));
    expect(new Set([...messagesOf(cut), ...messagesOf(rest)]).size).toBe(MESSAGES);
    const textsOfMessage = ({ observations }: ReadResult) =>
      textsOf(observations.filter(({ detail }) => detail?.correlationId === both[0]));
    expect(textsOfMessage(rest)).toEqual(textsOfMessage(cut));
  });

  test('a trial acknowledges nothing', async () => {
    const trial = await read({ isTrial: true });
    expect(sandbox.control.calls('vxp').data).toBe(1 + MESSAGES);
    expect(messagesOf(await read())).toEqual(messagesOf(trial));
  });

  test('a check asks for the list and nothing else', async () => {
    const result = await within({}, (context) => vxpConnector.check(context));
    expect(result.ok).toBe(true);
    expect(sandbox.control.calls('vxp').data).toBe(1);
    expect(messagesOf(await read())).toHaveLength(MESSAGES);
  });

  test('a message that breaks its contract is rejected, acknowledged as failed, and sent again by its province', async () => {
    // The list is the first call; two of the four messages that are asked for next are struck.
    sandbox.control.addFault({ upstream: 'vxp', fault: 'type-change', nth: 3, times: 2 });
    const struck = await read();
    expect(struck.error).toBeUndefined();
    expect(struck.rejections).toHaveLength(2);
    expect(struck.rejections[0]).toMatchObject({
      stream: 'status',
      path: 'edXML.edXMLEnvelope.edXMLBody.TinhTrangKetNoi.DoTre',
    });
    expect(messagesOf(struck)).toHaveLength(MESSAGES - 2);
    const again = messagesOf(await read());
    expect(again).toHaveLength(2);
    expect(messagesOf(struck).filter((message) => again.includes(message))).toEqual([]);
  });

  test('another message than was asked for is not taken for it', async () => {
    sandbox.control.addFault({ upstream: 'vxp', fault: 'page-repeated', nth: 6, times: 1 });
    const { observations, error } = await read();
    expect(error).toBeUndefined();
    expect(messagesOf({ observations })).toHaveLength(MESSAGES);
    expect(new Set(observations.map(({ key }) => (key as { province: string }).province)).size).toBe(MESSAGES);
  });

  test('keeps each message as it came, so that it can be read again without asking for it', async () => {
    const kept: { requestedAt: Date; domainRequestedAt: Date; raw: NonNullable<ReadPage['raw']>; body: Buffer }[] = [];
    await within({}, async (context) => {
      for await (const { raw, requestedAt, domainRequestedAt } of vxpConnector.read(context)) {
        if (raw) kept.push({ requestedAt, domainRequestedAt, raw, body: await raw.body.buffer() });
      }
    });
    expect(kept).toHaveLength(MESSAGES);
    expect(kept[0]?.raw.request).toMatchObject({ path: '/VXPAdapter/getEdoc', json: { docId: expect.any(String) } });
    const calls = sandbox.control.calls('vxp').data;
    const replayed = await within({}, async (context) => {
      const stored = kept.map(({ raw, body, ...asking }) => ({
        ...asking,
        headers: raw.headers,
        body: AnswerBody.of(body),
      }));
      return Array.fromAsync(vxpConnector.replay(context, 'status', stored as never));
    });
    expect(replayed.flatMap(messagesOf)).toHaveLength(MESSAGES);
    expect(sandbox.control.calls('vxp').data).toBe(calls);
  });
});
