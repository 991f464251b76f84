import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineConnector } from '../../../../connectors/kit/define-connector.ts';
import { hmacSignature, hubKey, noAuth, signDelivery, zonedTime } from '../../../../connectors/kit/index.ts';
import type { PushDefinition } from '../../../../connectors/kit/push/define-push.ts';
import type { Json } from '../../../../schema/kinds/fact-kind.ts';
import { createBench } from '../../support/contexts.ts';

const contract = z.object({ province: z.string(), state: z.string() });
type Definition = PushDefinition<unknown, typeof contract>;

const definePushed = (push: Partial<Definition> = {}, connector: object = {}) =>
  defineConnector({
    id: 'pushed',
    title: 'Pushed',
    shape: 'modelled',
    config: z.object({}),
    streams: () => [],
    push: (declare) =>
      declare({
        verify: hubKey(),
        formats: ['json'],
        kinds: ['link'],
        contract,
        contractVersion: '1',
        map: ({ province, state }) => [
          { class: 'fact', kind: 'link', key: { province, target: 'DVCQG' }, observedAt: null, attributes: { state } },
        ],
        ...push,
      }),
    ...connector,
  });

describe('a connector that is pushed to', () => {
  test('says what is taken and needs neither address nor sign-in nor rate limit', async () => {
    const connector = definePushed({ verify: hmacSignature({ header: 'X', secret: 'shared', algorithm: 'sha256' }) });
    const spec = connector.spec();
    expect(spec).toMatchObject({
      credentials: ['shared'],
      streams: [],
      push: { authentication: 'signature', contentTypes: ['application/json'], stream: 'push', isAllOrNothing: false },
    });
    expect(JSON.stringify(spec.config)).not.toContain('baseUrl');
    const { context, shared } = createBench('http://nobody');
    const source = { id: 'test', config: {} };
    expect(await connector.check({ ...context, source, credentials: { shared: 'x' } })).toMatchObject({ ok: true });
    expect(await connector.check({ ...context, source })).toMatchObject({
      ok: false,
      message: expect.stringContaining('shared'),
    });
    expect(await Array.fromAsync(connector.read({ ...context, source }))).toEqual([]);
    shared.close();
  });

  test('tries rejected records of deliveries again by its contract of today', async () => {
    const { context, shared } = createBench('http://nobody');
    const records: Json[] = [{ province: '01', state: 'UP' }, { province: 1 }];
    const convert = definePushed().convertRejected({ ...context, source: { id: 'test', config: {} } });
    const [taken, still] = await convert('push', records);
    expect(taken).toMatchObject({ observations: [{ attributes: { state: 'UP' } }] });
    expect(still).toMatchObject({ rejection: { stream: 'push', path: 'province' } });
    shared.close();
  });

  test.each([
    { name: 'an id', id: 'e-1', expected: 'e-1' },
    { name: 'none where it is none', id: 7, expected: undefined },
    { name: 'none that no database can hold', id: 'e\0', expected: undefined },
    { name: 'none with half of a character', id: 'e\ud800', expected: undefined },
  ])('takes for the id of an event $name', ({ id, expected }) => {
    const { push } = definePushed({ eventIdOf: (body) => (body as { id?: string }).id });
    const clock = { now: () => new Date() };
    const context = { source: { id: 'test', config: {} }, credentials: {}, clock, domainClock: clock };
    const rawBody = Buffer.from(JSON.stringify({ id, province: '01', state: 'UP' }));
    const received = push?.receive({ headers: {}, rawBody, contentType: 'application/json' }, context);
    expect(received?.eventId).toBe(expected);
  });

  test('takes what was signed when it came, however long it has waited since', () => {
    const signature = {
      header: 'X',
      secret: 'shared',
      algorithm: 'sha256',
      timestampHeader: 'T',
      windowMs: 1_000,
    } as const;
    const { push } = definePushed({ verify: hmacSignature(signature) });
    const cameAt = new Date('2025-06-27T05:15:00Z');
    const contextAt = (now: Date) => ({
      source: { id: 'test', config: {} },
      credentials: { shared: 'a secret' },
      clock: { now: () => now },
      domainClock: { now: () => now },
    });
    const rawBody = Buffer.from('[{"province": "01", "state": "UP"}]');
    const headers = signDelivery(signature, 'a secret', { body: rawBody, timestampMs: cameAt.getTime() });
    const delivery = { headers, rawBody, contentType: 'application/json' };
    const verified = push?.verify(delivery, contextAt(cameAt));
    const later = contextAt(new Date(cameAt.getTime() + 60_000));
    expect(push?.receive(delivery, later, verified).records).toHaveLength(1);
    expect(() => push?.receive(delivery, later)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  });

  test('tells every field of a record that is wrong', () => {
    const { push } = definePushed();
    const context = {
      source: { id: 'test', config: {} },
      credentials: {},
      clock: { now: () => new Date() },
      domainClock: { now: () => new Date() },
    };
    const rawBody = Buffer.from('[{"province": "01", "state": "UP", "moi": 1},\n{"province": 1,\n"state": null}]');
    const received = push?.receive({ headers: {}, rawBody, contentType: 'application/json' }, context);
    expect(received?.records).toMatchObject([
      { row: 1, problems: [], observations: [{ kind: 'link' }] },
      {
        row: 2,
        observations: [],
        problems: [
          { line: 2, row: 2, field: 'province', value: '1' },
          { line: 3, row: 2, field: 'state', value: 'null' },
        ],
      },
    ]);
    expect(received?.drift).toContainEqual({ kind: 'NEW_FIELD', path: 'moi', sample: 'number', count: 1 });
    const csv = () => push?.receive({ headers: {}, rawBody, contentType: 'text/csv' }, context);
    expect(csv).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });

  test('names the field that has a time in the future as its sender does, wherever it stands', () => {
    const dated = z.object({ site: z.object({ province: z.string() }), spans: z.array(z.object({ at: zonedTime })) });
    const { push } = defineConnector({
      id: 'dated',
      title: 'Dated',
      shape: 'modelled',
      config: z.object({}),
      streams: () => [],
      push: (declare) =>
        declare({
          verify: hubKey(),
          formats: ['json'],
          kinds: ['link'],
          contract: dated,
          contractVersion: '1',
          map: ({ site, spans }) => [
            {
              class: 'fact',
              kind: 'link',
              key: { ...site, target: 'DVCQG' },
              observedAt: spans.at(-1)?.at ?? null,
              attributes: { state: 'UP' },
            },
          ],
        }),
    });
    const now = new Date('2025-06-27T05:15:00Z');
    const context = {
      source: { id: 'test', config: {} },
      credentials: {},
      clock: { now: () => now },
      domainClock: { now: () => now },
    };
    const spans = [{ at: '2025-06-27T05:00:00Z' }, { at: '2025-06-27T05:26:00Z' }];
    const rawBody = Buffer.from(JSON.stringify({ site: { province: '01' }, spans }));
    const received = push?.receive({ headers: {}, rawBody, contentType: 'application/json' }, context);
    expect(received?.records).toMatchObject([
      {
        observations: [],
        rejection: { path: 'spans[1].at' },
        problems: [
          {
            ...{ line: 1, row: 1, field: 'spans[1].at', value: '2025-06-27T05:26:00Z' },
            reason: 'its time lies 11 min in the future',
          },
        ],
      },
    ]);
  });

  test.each<{ name: string; push?: Partial<Definition>; connector?: object; reason: RegExp }>([
    { name: 'no format', push: { formats: [] }, reason: /its push takes no format/ },
    { name: 'no kind', push: { kinds: [] }, reason: /its push emits no kind/ },
    { name: 'no contract version', push: { contractVersion: '' }, reason: /no contract version/ },
    { name: 'more than the hub takes', push: { maxBytes: 3 * 2 ** 20 }, reason: /between 1 and 2097152 bytes/ },
    { name: 'columns without CSV', push: { columns: { a: 'b' } }, reason: /columns of CSV/ },
    { name: 'event ids without JSON', push: { formats: ['csv'], eventIdOf: () => '1' }, reason: /event ids of JSON/ },
    {
      name: 'a signature that is good for ever',
      push: { verify: hmacSignature({ header: 'X', secret: 's', algorithm: 'sha256', timestampHeader: 'T' }) },
      reason: /played again for ever/,
    },
    { name: 'neither stream nor push', connector: { push: undefined }, reason: /no stream, and nobody pushes/ },
    {
      name: 'a rate limit without anybody to ask',
      connector: { auth: () => noAuth(), rateLimit: { requestsPerSecond: 1, burst: 1 } },
      reason: /it asks nobody/,
    },
  ])('fails when it is made with $name', ({ push, connector, reason }) => {
    expect(() => definePushed(push, connector)).toThrow(reason);
  });
});
