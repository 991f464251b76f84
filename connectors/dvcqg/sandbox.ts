import type { Json } from '../../schema/kinds/fact-kind.ts';
import { loadProvinces } from '../../seeds/facts.ts';
import { coverageAt } from '../../seeds/june/coverage.ts';
import { linksAt } from '../../seeds/june/links.ts';
import { formatLocalTime } from '../kit/index.ts';
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
import { LOGIN_REFUSED, SESSION_GONE, stateCodes } from './contract.ts';

const ADAPTER = '/XrdAdapter/RestService/forward';
const words = wordsOf(stateCodes);
const _sandbox = { simulated: true };

/** Made up in the manner of agency codes. */
const agencyOf = (province: string): string => `000.00.${province}.H${province}`;

type Row = Record<string, Json>;
type Service = (moment: SandboxMoment, seed: number) => { rows: Row[]; fields: Parameters<typeof recordsAt>[1] };

const services: Record<string, Service> = {
  LayDanhMucCoQuan: () => ({
    rows: [
      { MADONVI: '000.00.00.G22', TENDONVI: 'Văn phòng Chính phủ', CAPDONVI: '1', MATINH: '' },
      ...loadProvinces().provinces.map(({ code, name, kind }) => ({
        MADONVI: agencyOf(code),
        TENDONVI: `UBND ${kind === 'city' ? 'thành phố' : 'tỉnh'} ${name}`.normalize('NFD'),
        CAPDONVI: '2',
        MATINH: code,
      })),
    ],
    fields: { textField: 'TENDONVI', retyped: ['CAPDONVI', 2] },
  }),
  TinhTrangKetNoi: ({ now }, seed) => ({
    rows: linksAt(now, seed, 'dvcqg').map((link) => ({
      MADONVI: agencyOf(link.province),
      MAHETHONG: link.target,
      TRANGTHAI: words.get(link.state) ?? '',
      DOTRE: link.latencyMs === undefined ? '' : String(link.latencyMs),
      LANTHANHCONGCUOI: link.lastSuccessAt ? formatLocalTime(link.lastSuccessAt) : '',
      THOIGIAN: formatLocalTime(now),
      GHICHU: link.detail ?? '',
      _sandbox,
    })),
    fields: { textField: 'GHICHU', statusField: 'TRANGTHAI', retyped: ['DOTRE', 12] },
  }),
  ThongKeCungCapDVCTT: ({ now }, seed) => ({
    rows: coverageAt(now, seed).map(({ province, programme, offered, required }) => ({
      MADONVI: agencyOf(province),
      NHOM: programme,
      SOCUNGCAP: String(offered),
      SOYEUCAU: String(required),
      THOIGIAN: formatLocalTime(now),
      _sandbox,
    })),
    fields: { textField: 'MADONVI', retyped: ['SOCUNGCAP', { so: 1 }] },
  }),
};

export const dvcqgStandIn: StandIn = {
  connector: 'dvcqg',
  accounts: () => [
    { id: 'dvcqg', path: '/dvcqg', credentials: { username: 'DVCQG_USERNAME', password: 'DVCQG_PASSWORD' } },
  ],
  create: (_account, { username = '', password = '' }, dependencies) =>
    createDvcqgSandbox(dependencies, { username, password }),
  source: (_account, baseUrl) => ({
    name: 'Cổng Dịch vụ công quốc gia',
    config: { baseUrl, madonvi: '000.00.00.G22' },
    schedule: { everySeconds: 5, jitterSeconds: 1 },
    ttl: 'PT2M',
    precedence: { default: 20, link: 20, serviceCoverage: 10 },
  }),
  suite: {
    at: '2025-06-27T12:15:00+07:00',
    unmoved: ['session-dies'],
    habits: ['local-times', 'empty-for-none'],
    keyOf: ({ MADONVI, MAHETHONG, NHOM }) => ({
      province: /H(\d{2})$/.exec(String(MADONVI))?.[1],
      target: MAHETHONG,
      programme: NHOM,
    }),
  },
};

/** The stand-in of the portal: sessions without an end that is told, one path for all services, everything as text. */
function createDvcqgSandbox(
  { seed, createToken }: SandboxDependencies,
  credentials: { readonly username: string; readonly password: string },
): SandboxUpstream {
  const sessions = new TokenBook(createToken);

  const logIn = (body: Row, now: Date): SandboxAnswer => {
    const isKnown = body.username === credentials.username && body.password === credentials.password;
    if (!isKnown) return refusal(LOGIN_REFUSED, 'Sai tên đăng nhập hoặc mật khẩu');
    return { status: 200, body: { error_code: 0, session: sessions.issue(now) } };
  };

  return {
    id: 'dvcqg',
    connector: 'dvcqg',
    prefix: '/dvcqg',
    isSignIn: ({ path }) => path.endsWith('/mapi/login'),
    killSessions: () => sessions.revokeAll(),
    errorInside: () => ({ error_code: '99', message: 'Lỗi hệ thống' }),
    recodeSuccess: (body) => ({ ...(body as object), error_code: '00' }),
    withoutEnd: (body) => {
      const { result, ...rest } = body as { result: Row[] };
      return { ...rest, result: result.map((row) => ({ ...row, TOTAL: '999999999' })) };
    },
    answer(request, moment) {
      if (request.method !== 'POST') return { status: 405, body: {} };
      const body = parseObject(request.body);
      if (request.path === `${ADAPTER}/mapi/login`) return logIn(body, moment.now);
      if (request.path !== `${ADAPTER}/mapi/g`) return { status: 404, body: {} };
      if (!sessions.holds(String(body.session), moment.now))
        return refusal(SESSION_GONE, 'Phiên làm việc không hợp lệ');
      const service = services[String(body.service)];
      return service ? pageOf(service(moment, seed), body, moment) : refusal('2', 'Dịch vụ không tồn tại');
    },
  };
}

function pageOf({ rows, fields }: ReturnType<Service>, body: Row, { arrange }: SandboxMoment): SandboxAnswer {
  const list = arrange(rows);
  const size = Number(body.recordPerPage);
  const offset = (Number(body.pageIndex) - 1) * size;
  const result = list.slice(offset, offset + size).map((row, index) => ({
    ROW_STT: String(offset + index + 1),
    ...(offset === 0 && { TOTAL: String(list.length) }),
    ...row,
  }));
  return { status: 200, body: { error_code: 0, message: '', result }, records: recordsAt(['result'], fields) };
}

function refusal(code: string, message: string): SandboxAnswer {
  return { status: 200, body: { error_code: Number(code), message } };
}
