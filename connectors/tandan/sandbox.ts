import type { Json } from '../../schema/kinds/fact-kind.ts';
import { vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { formatLocalTime } from '../kit/index.ts';
import { parseLocalTime } from '../kit/local-time.ts';
import { TokenBook } from '../kit/sandbox/token-book.ts';
import {
  recordsAt,
  type SandboxAnswer,
  type SandboxDependencies,
  type SandboxMoment,
  type SandboxRequest,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { vendorStandIn } from '../kit/sandbox/vendor-stand-in.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { statusCodes } from './contract.ts';

const VENDOR = 'TANDAN';
/** By the clock of the sandbox; nobody is told. */
const SESSION_LIFE_MS = 8 * 3_600_000;
const FORM_LIFE_MS = 3_600_000;
const LOGIN_PATH = '/dang-nhap';
const words = wordsOf(statusCodes);
const systemRecords = recordsAt(['du_lieu'], {
  textField: 'ghi_chu',
  statusField: 'tinh_trang',
  retyped: ['phoi_hop', 'VNPT'],
});
const healthRecords = recordsAt(['du_lieu'], { textField: 'ghi_chu', retyped: ['so_canh_bao', 'nhiều'] });

export const tandanStandIn = vendorStandIn({
  id: 'tandan',
  name: 'Tân Dân',
  credentials: ['username', 'password'],
  habits: ['local-times', 'empty-for-none', 'nfd'],
  create: (_account, { username = '', password = '' }, dependencies) =>
    createTandanSandbox(dependencies, { username, password }),
});

/** The stand-in of Tân Dân: a login form for people, sessions in cookies, everything as text, and text in NFD. */
function createTandanSandbox(
  { seed, createToken }: SandboxDependencies,
  credentials: { readonly username: string; readonly password: string },
): SandboxUpstream {
  const sessions = new TokenBook(createToken);
  /** Each form may be sent once, by whoever holds the cookie that came with it. */
  const forms = new TokenBook(createToken);
  const formOfCookie = new Map<string, string>();

  const showForm = (now: Date, message = ''): SandboxAnswer => {
    const [cookie, token] = [createToken(), forms.issue(now, FORM_LIFE_MS)];
    formOfCookie.set(cookie, token);
    return { ...loginPage(token, message), headers: { 'Set-Cookie': `TD_FORM=${cookie}; Path=/tandan; HttpOnly` } };
  };

  const signIn = (request: SandboxRequest, now: Date): SandboxAnswer => {
    if (request.method !== 'POST') return showForm(now);
    const sent = new URLSearchParams(request.body);
    const cookie = cookieOf(request, 'TD_FORM') ?? '';
    const token = formOfCookie.get(cookie);
    formOfCookie.delete(cookie);
    if (!token || sent.get('_xac_thuc') !== token || !forms.holds(token, now)) return page(403, 'Biểu mẫu đã hết hạn');
    forms.revoke(token);
    if (sent.get('ten_dang_nhap') !== credentials.username || sent.get('mat_khau') !== credentials.password) {
      return showForm(now, 'Sai tên đăng nhập hoặc mật khẩu');
    }
    const session = `TD_PHIEN=${sessions.issue(now, SESSION_LIFE_MS)}; Path=/tandan; HttpOnly`;
    return { ...page(302, ''), headers: { 'Set-Cookie': session, Location: '/tandan/trang-chu' } };
  };

  return {
    id: 'tandan',
    connector: 'tandan',
    prefix: '/tandan',
    isSignIn: ({ path }) => path === LOGIN_PATH,
    killSessions: () => sessions.revokeAll(),
    errorInside: () => ({ ma_loi: '99', thong_bao: 'Lỗi hệ thống'.normalize('NFD') }),
    recodeSuccess: (body) => changeFrame(body, { ma_loi: 0 }),
    withoutEnd: (body) => changeFrame(body, { tong_trang: '1000000', tong_so: '4000000' }),
    answer(request, moment) {
      if (request.path === LOGIN_PATH) return signIn(request, moment.now);
      if (!sessions.holds(cookieOf(request, 'TD_PHIEN'), moment.now)) return showForm(moment.now);
      if (request.path === '/api/he-thong') return { ...list(request, systems(moment, seed)), records: systemRecords };
      if (request.path === '/api/suc-khoe') {
        return { ...list(request, health(request, moment, seed)), records: healthRecords };
      }
      return page(404, 'Không có trang này');
    },
  };
}

/** A login page has no frame that a fault could change. */
const changeFrame = (body: Json, change: Record<string, Json>): Json =>
  typeof body === 'string' ? body : { ...(body as object), ...change };

function cookieOf({ headers }: SandboxRequest, name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split('; ').map((pair) => pair.split('='));
  return pairs.find(([key]) => key === name)?.[1];
}

function page(status: number, content: string, title = 'Tân Dân'): SandboxAnswer {
  const html = `<!DOCTYPE html><html lang="vi"><head><title>${title}</title></head><body>${content}</body></html>`;
  const encode = (body: Json) =>
    typeof body === 'string'
      ? { type: 'text/html; charset=utf-8', payload: body }
      : { type: 'application/json; charset=utf-8', payload: JSON.stringify(body) };
  return { status, body: html.normalize('NFD'), encode };
}

const loginPage = (token: string, message: string): SandboxAnswer =>
  page(
    200,
    `<form action="/tim-kiem"><input name="tu_khoa"></form><p>${message}</p>
    <form method="post" action="/tandan${LOGIN_PATH}"><input type="hidden" name="_xac_thuc" value="${token}">
    <input name="ten_dang_nhap"><input type="password" name="mat_khau"><button>Đăng nhập</button></form>`,
    'Đăng nhập | Tân Dân',
  );

function systems({ now, arrange }: SandboxMoment, seed: number): readonly Json[] {
  const rows = vendorSystemsAt(VENDOR, now, seed).map((row) => ({
    ma: `${row.province}/${row.system}`,
    ma_tinh: row.province,
    ma_he_thong: row.system,
    phoi_hop: [...row.partners],
    tinh_trang: words.get(row.status) ?? '',
    ghi_chu: row.note?.normalize('NFD') ?? '',
    ngay_cap_nhat: formatLocalTime(row.updatedAt),
    su_co: row.incident?.description.normalize('NFD') ?? '',
    su_co_tu: row.incident ? formatLocalTime(row.incident.openedAt) : '',
    su_co_den: row.incident?.closedAt ? formatLocalTime(row.incident.closedAt) : '',
    _sandbox: { simulated: true, ...(row.document && { document: row.document }) },
  }));
  return arrange<Json>(rows);
}

function health(request: SandboxRequest, { now, arrange }: SandboxMoment, seed: number): readonly Json[] {
  const since = parseLocalTime(request.query.get('tu') ?? '') ?? new Date(0);
  const rows = vendorHealthAt(VENDOR, now, seed, since).map((row) => ({
    ma_tinh: row.province,
    ma_he_thong: row.system,
    thoi_diem: formatLocalTime(row.measuredAt),
    ty_le_hoat_dong: `${row.uptimePercent}`,
    cpu: `${row.cpuPercent}`,
    bo_nho: `${row.memoryPercent}`,
    luu_luong_mbps: `${row.trafficMbps}`,
    so_canh_bao: `${row.alerts}`,
    ghi_chu: '',
    _sandbox: { simulated: true },
  }));
  return arrange<Json>(rows);
}

function list(request: SandboxRequest, rows: readonly Json[]): SandboxAnswer {
  const [number, size] = [Number(request.query.get('trang') ?? 1), Number(request.query.get('so_dong') ?? 10)];
  const frame = { trang: `${number}`, tong_trang: `${Math.ceil(rows.length / size)}`, tong_so: `${rows.length}` };
  return { status: 200, body: { ma_loi: '00', ...frame, du_lieu: rows.slice((number - 1) * size, number * size) } };
}
