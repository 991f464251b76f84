import { describe, expect, test } from '@jest/globals';
import { lgspEnvelopeConnector } from '../../connectors/lgsp-envelope/connector.ts';
import { lgspHcmConnector } from '../../connectors/lgsp-hcm/connector.ts';
import { readAll } from '../../connectors/testkit/read-all.ts';
import type { FactObservation } from '../../schema/observation.ts';
import { loadProvinces } from '../../seeds/facts.ts';
import { provinceLinksAt } from '../../seeds/june/links.ts';
import { lgspDialectOf } from '../../seeds/lgsp-dialects.ts';
import { createBench } from './support/contexts.ts';
import { createSubject } from './support/sandbox-subject.ts';
import { startScripted } from './support/scripted-server.ts';

const AT = '2025-06-27T12:15:00+07:00';

async function readLinks(id: string): Promise<FactObservation[]> {
  const { subject, sandbox } = await createSubject(id, AT, []);
  const { config, credentials, domainClock } = subject;
  const bench = createBench('', { config: config as never, credentials, domainClock });
  const { observations, error, rejections } = await readAll(subject.connector, bench.context);
  bench.shared.close();
  await sandbox.stop();
  expect([error, rejections]).toEqual([undefined, []]);
  return observations as FactObservation[];
}

describe('the platforms of the provinces', () => {
  test('speak as the vendor that runs them does, TP Hồ Chí Minh in its own manner', () => {
    const byDialect = Map.groupBy(
      loadProvinces().provinces.map(({ code }) => code),
      lgspDialectOf,
    );
    const sorted = (dialect: 'wso2' | 'hcm' | 'envelope') => [...(byDialect.get(dialect) ?? [])].sort();
    expect(sorted('envelope')).toEqual(['11', '12', '19', '22', '38', '42', '44', '66']);
    expect(sorted('hcm')).toEqual(['24', '46', '48', '52', '56', '79']);
    expect(sorted('wso2')).toHaveLength(20);
  });

  test.each([
    { dialect: 'wso2', id: 'lgsp-01' },
    { dialect: 'hcm', id: 'lgsp-79' },
    { dialect: 'hcm', id: 'lgsp-24' },
    { dialect: 'envelope', id: 'lgsp-19' },
  ])('$id says in the dialect $dialect what there is', async ({ id }) => {
    const links = await readLinks(id);
    const said = new Map<string, Record<string, unknown>>();
    for (const { kind, key, attributes, observedAt, detail } of links) {
      expect([kind, key.province, observedAt, detail?.simulated]).toEqual(['link', id.slice(5), new Date(AT), true]);
      said.set(key.target ?? '', { ...said.get(key.target ?? ''), ...attributes });
    }
    const held = provinceLinksAt(new Date(AT), 2025, id.slice(5)).map(
      ({ target, state, latencyMs, lastSuccessAt, detail }) => [
        target,
        {
          state,
          latencyMs: latencyMs ?? null,
          lastSuccessAt: lastSuccessAt?.toISOString() ?? null,
          detail: detail ?? null,
        },
      ],
    );
    expect(Object.fromEntries(said)).toEqual(Object.fromEntries(held));
  });

  test('the envelope’s number of an answer stands in the provenance of all that the answer says', async () => {
    const numbers = (await readLinks('lgsp-19')).map(({ detail }) => detail?.correlationId);
    expect(numbers[0]).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(new Set(numbers).size).toBe(1);
  });
});

describe('a platform that says no', () => {
  const token = { access_token: 't', expires_in: 3600 };
  const hcmCredentials = { accessKey: 'a', secretKey: 's', appName: 'n', partnerCode: 'p', partnerCodeCus: 'c' };

  test.each([
    { name: 'wrong keys', answers: [{ status: 401 }], code: 'UPSTREAM_CONFIGURATION', requests: 1 },
    {
      name: 'no right to the API, which no new token mends',
      answers: [{ body: token }, { status: 403 }],
      code: 'UPSTREAM_CONFIGURATION',
      requests: 2,
    },
    {
      name: 'too many requests, to the end',
      answers: [{ body: token }, { status: 429 }, { status: 429 }, { status: 429 }, { status: 429 }],
      code: 'UPSTREAM_TRANSIENT',
      requests: 5,
    },
  ])('lgsp-hcm: $name', async ({ answers, code, requests }) => {
    const server = await startScripted((nth) => answers[nth - 1] ?? { status: 500 });
    const { context, shared } = createBench(server.baseUrl, {
      credentials: hcmCredentials,
      config: { province: '79' },
    });
    const { error } = await readAll(lgspHcmConnector, context);
    shared.close();
    await server.stop();
    expect(error?.code).toBe(code);
    expect(server.requests).toHaveLength(requests);
  });

  test.each([
    { name: 'in the envelope', body: { code: 500, response: {} } },
    { name: 'in the service behind it', body: { code: 200, response: { error_code: '99', data: [] } } },
    {
      name: 'by fewer connections than it promises',
      body: { code: 200, correlationId: 'x', response: { error_code: '00', total: 2, data: [] } },
    },
  ])('lgsp-envelope: $name', async ({ body }) => {
    const server = await startScripted(() => ({ body }));
    const { context, shared } = createBench(server.baseUrl, {
      credentials: { token: 't' },
      config: { province: '19' },
    });
    const { error, observations } = await readAll(lgspEnvelopeConnector, context);
    shared.close();
    await server.stop();
    expect([error?.code, observations]).toEqual(['UPSTREAM_SYSTEM', []]);
  });

  test('lgsp-envelope: what speaks of another province is rejected, with its place', async () => {
    const row = { ma_tinh: '01', ma_he_thong: 'EMC', tinh_trang: 'DA_KET_NOI', do_tre: '', lan_cuoi: '' };
    const response = { error_code: 0, total: 1, data: [{ ...row, thoi_gian: '20250627121500' }] };
    const server = await startScripted(() => ({ body: { code: 200, correlationId: 'x', response } }));
    const { context, shared } = createBench(server.baseUrl, {
      credentials: { token: 't' },
      config: { province: '19' },
    });
    const { observations, rejections } = await readAll(lgspEnvelopeConnector, context);
    shared.close();
    await server.stop();
    expect(observations).toEqual([]);
    expect(rejections).toMatchObject([{ path: 'ma_tinh', reason: expect.stringMatching(/province 01.*for 19/) }]);
  });
});
