import type { Json } from '../../schema/kinds/fact-kind.ts';
import { chance } from '../../seeds/june/chance.ts';
import { provinceLinksAt } from '../../seeds/june/links.ts';
import { lgspDialectOf } from '../../seeds/lgsp-dialects.ts';
import { targets } from '../../seeds/targets.ts';
import { formatLocalTime } from '../kit/index.ts';
import { perProvince } from '../kit/sandbox/per-province.ts';
import type { StandIn } from '../kit/sandbox/stand-in.ts';
import {
  parseObject,
  recordsAt,
  type SandboxAnswer,
  type SandboxMoment,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { stateCodes } from './contract.ts';

const records = recordsAt(['response', 'data'], {
  textField: 'ten_he_thong',
  statusField: 'tinh_trang',
  retyped: ['do_tre', 12.5],
});
const targetNames = new Map(targets.map(({ code, name }) => [code, name]));
const words = wordsOf(stateCodes);

export const lgspEnvelopeStandIn: StandIn = {
  connector: 'lgsp-envelope',
  ...perProvince({
    prefix: 'lgsp',
    serves: (province) => lgspDialectOf(province) === 'envelope',
    credentials: { token: 'TOKEN' },
    name: 'LGSP',
    settings: { schedule: { everySeconds: 10, jitterSeconds: 5 }, ttl: 'PT2M', precedence: { default: 10 } },
  }),
  create: ({ province = '' }, { token = '' }, { seed }) => createLgspEnvelopeSandbox(province, seed, token),
  suite: {
    at: '2025-06-27T12:15:00+07:00',
    account: 'lgsp-19',
    unmoved: ['session-dies', 'page-repeated', 'endless-next'],
    habits: ['local-times', 'empty-for-none', 'nfd'],
  },
};

/** The stand-in of one such platform: a token given out once, and answers in an envelope with a number of their own. */
function createLgspEnvelopeSandbox(province: string, seed: number, token: string): SandboxUpstream {
  const correlationAt = (now: Date): string =>
    [8, 4, 4, 4, 12].map((length, part) => hexadecimal(seed, province, now, part).slice(0, length)).join('-');

  const wrap = (code: number, now: Date, response: Json): Json => ({
    code,
    status: code === 200 ? 'OK' : 'ERROR',
    correlationId: correlationAt(now),
    response,
  });
  const refuse = (status: number, now: Date, message: string): SandboxAnswer => ({
    status,
    body: wrap(status, now, { error_code: status, message, data: [] }),
  });

  return {
    id: `lgsp-${province}`,
    connector: 'lgsp-envelope',
    prefix: `/lgsp/${province}`,
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({
      code: 200,
      status: 'OK',
      correlationId: 'sandbox-error',
      response: { error_code: 99, message: 'Dịch vụ không phản hồi', data: [] },
    }),
    recodeSuccess: (body) => {
      const { response, ...envelope } = body as { response: object };
      return { ...envelope, code: '200', response: { ...response, error_code: '00' } };
    },
    // The platform gives all connections at once.
    withoutEnd: (body) => body,
    answer(request, moment): SandboxAnswer {
      const { now } = moment;
      if (request.headers.authorization !== `Bearer ${token}`) return refuse(401, now, 'Token không hợp lệ');
      if (request.method !== 'POST' || request.path !== '/ecs/ketnoi/trangthai') {
        return refuse(404, now, 'Không có dịch vụ');
      }
      if (parseObject(request.body).ma_tinh !== province) return refuse(400, now, 'Mã tỉnh không đúng');
      const data = connectionsOf(province, seed, moment);
      const response = { error_code: 0, message: '', total: data.length, data };
      return { status: 200, body: wrap(200, now, response), records };
    },
  };
}

const hexadecimal = (seed: number, province: string, now: Date, part: number): string =>
  ['a', 'b']
    .map((half) => Math.floor(chance(seed, province, now.getTime(), part, half) * 2 ** 32).toString(16))
    .map((digits) => digits.padStart(8, '0'))
    .join('');

function connectionsOf(province: string, seed: number, { now, arrange }: SandboxMoment): Json[] {
  return arrange(provinceLinksAt(now, seed, province)).map((link) => ({
    ma_tinh: province,
    ma_he_thong: link.target,
    ten_he_thong: (targetNames.get(link.target) ?? '').normalize('NFD'),
    tinh_trang: words.get(link.state) ?? '',
    do_tre: link.latencyMs === undefined ? '' : String(link.latencyMs),
    lan_cuoi: link.lastSuccessAt ? formatLocalTime(link.lastSuccessAt) : '',
    thoi_gian: formatLocalTime(now),
    ghi_chu: link.detail ?? '',
    _sandbox: { simulated: true },
  }));
}
