import type { Json } from '../../schema/kinds/fact-kind.ts';
import { provinceLinksAt } from '../../seeds/june/links.ts';
import { lgspDialectOf } from '../../seeds/lgsp-dialects.ts';
import { targets } from '../../seeds/targets.ts';
import { zonedText } from '../kit/sandbox/local-text.ts';
import { perProvince } from '../kit/sandbox/per-province.ts';
import type { StandIn } from '../kit/sandbox/stand-in.ts';
import { TokenBook } from '../kit/sandbox/token-book.ts';
import {
  parseObject,
  recordsAt,
  type SandboxAnswer,
  type SandboxDependencies,
  type SandboxMoment,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { stateCodes } from './contract.ts';

/** By the clock of the sandbox. */
const TOKEN_LIFE_MS = 2 * 3_600_000;

const records = recordsAt(['response_data', 'danhSach'], {
  textField: 'tenHeThong',
  statusField: 'trangThai',
  retyped: ['doTre', ['12']],
});
const targetNames = new Map(targets.map(({ code, name }) => [code, name]));
const words = wordsOf(stateCodes);

export const lgspHcmStandIn: StandIn = {
  connector: 'lgsp-hcm',
  ...perProvince({
    prefix: 'lgsp',
    serves: (province) => lgspDialectOf(province) === 'hcm',
    credentials: {
      accessKey: 'ACCESS_KEY',
      secretKey: 'SECRET_KEY',
      appName: 'APP_NAME',
      partnerCode: 'PARTNER_CODE',
      partnerCodeCus: 'PARTNER_CODE_CUS',
    },
    name: 'LGSP',
    settings: { schedule: { everySeconds: 10, jitterSeconds: 5 }, ttl: 'PT2M', precedence: { default: 10 } },
  }),
  create: ({ province = '' }, secrets, dependencies) => createLgspHcmSandbox(province, dependencies, secrets),
  suite: {
    at: '2025-06-27T12:15:00+07:00',
    account: 'lgsp-79',
    unmoved: ['session-dies', 'page-repeated', 'endless-next'],
  },
};

/** The stand-in of one such platform: keys in a header, tokens that end, one API that its key has a right to. */
function createLgspHcmSandbox(
  province: string,
  { seed, createToken }: SandboxDependencies,
  secrets: Readonly<Record<string, string>>,
): SandboxUpstream {
  const tokens = new TokenBook(createToken);

  const signIn = (envelope: string | undefined, now: Date): SandboxAnswer => {
    const given = parseObject(Buffer.from(envelope ?? '', 'base64').toString('utf8'));
    const isKnown =
      given.AccessKey === secrets.accessKey &&
      given.SecretKey === secrets.secretKey &&
      given.AppName === secrets.appName &&
      given.PartnerCode === secrets.partnerCode &&
      given.PartnerCodeCus === secrets.partnerCodeCus;
    if (!isKnown) return refuse(401, 'Sai thông tin xác thực');
    const body = { access_token: tokens.issue(now, TOKEN_LIFE_MS), token_type: 'Bearer', expires_in: 7200 };
    return { status: 200, body };
  };

  return {
    id: `lgsp-${province}`,
    connector: 'lgsp-hcm',
    prefix: `/lgsp/${province}`,
    isSignIn: ({ path }) => path === '/token',
    killSessions: () => tokens.revokeAll(),
    errorInside: () => ({ response_code: '-1', response_message: 'Hệ thống đang bận' }),
    recodeSuccess: (body) => ({ ...(body as object), response_code: 0 }),
    // The platform gives all connections at once.
    withoutEnd: (body) => body,
    answer(request, moment) {
      if (request.path === '/token') return signIn(request.headers.lgspaccesstoken, moment.now);
      if (!tokens.holds(request.headers.authorization?.replace(/^Bearer /, ''), moment.now)) {
        return refuse(401, 'Token không hợp lệ');
      }
      if (request.path !== '/api/APITraCuuTrangThaiKetNoi') return refuse(403, 'Không có quyền sử dụng API');
      return { status: 200, body: connectionsOf(province, seed, moment), records };
    },
  };
}

const refuse = (status: number, message: string): SandboxAnswer => ({
  status,
  body: { response_code: '-1', response_message: message },
});

function connectionsOf(province: string, seed: number, { now, arrange }: SandboxMoment): Json {
  const danhSach = arrange(provinceLinksAt(now, seed, province)).map((link) => ({
    maHeThong: link.target,
    tenHeThong: targetNames.get(link.target) ?? '',
    trangThai: words.get(link.state) ?? '',
    doTre: link.latencyMs === undefined ? '' : String(link.latencyMs),
    lanKetNoiCuoi: link.lastSuccessAt ? zonedText(link.lastSuccessAt) : '',
    ghiChu: link.detail ?? null,
    _sandbox: { simulated: true },
  }));
  const data = { maTinh: province, thoiDiem: zonedText(now), tongSo: String(danhSach.length), danhSach };
  return { response_code: '00', response_message: 'Thành công', response_data: data };
}
