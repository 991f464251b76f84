import type { Json } from '../../schema/kinds/fact-kind.ts';
import { vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { addDays, localDay } from '../kit/local-time.ts';
import { encodeXml } from '../kit/sandbox/encode-xml.ts';
import { zonedText } from '../kit/sandbox/local-text.ts';
import type { SandboxAnswer, SandboxDependencies, SandboxMoment, SandboxUpstream } from '../kit/sandbox/upstream.ts';
import { recordsAt } from '../kit/sandbox/upstream.ts';
import { vendorStandIn } from '../kit/sandbox/vendor-stand-in.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { NAMESPACE, statusCodes } from './contract.ts';

const VENDOR = 'MOBIFONE';
const words = wordsOf(statusCodes);
const systemRecords = recordsAt(['TraLoi', 'HeThong'], {
  textField: 'GhiChu',
  statusField: 'TrangThai',
  retyped: ['PhoiHop', '7'],
});
const healthRecords = recordsAt(['TraLoi', 'SucKhoe'], { textField: 'GhiChu', retyped: ['SoCanhBao', 'nhiều'] });
/** Each day's software writes its own. */
const PREFIXES = ['mbf', 'ns2', ''];

export const mobifoneStandIn = vendorStandIn({
  id: 'mobifone',
  name: 'MobiFone',
  credentials: ['username', 'password'],
  create: (_account, { username = '', password = '' }, dependencies) =>
    createMobifoneSandbox(dependencies, { username, password }),
  unmoved: ['page-repeated', 'endless-next'],
});

/** The stand-in of MobiFone: Basic, XML with a prefix that changes and notes in CDATA, a health report a day. */
function createMobifoneSandbox(
  { seed }: SandboxDependencies,
  { username, password }: { readonly username: string; readonly password: string },
): SandboxUpstream {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return {
    id: 'mobifone',
    connector: 'mobifone',
    prefix: '/mobifone',
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({ TraLoi: { '@ketQua': '99', ThongBao: 'Lỗi hệ thống' } }),
    recodeSuccess: (body) => ({ TraLoi: { ...(body as { TraLoi: object }).TraLoi, '@ketQua': '00' } }),
    // A document has no next page to go on to.
    withoutEnd: (body) => body,
    answer(request, moment) {
      if (request.headers.authorization !== authorization) return refusal(401, 'SAI_MAT_KHAU', 'Sai tài khoản');
      if (request.path === '/xml/he-thong') return systems(moment, seed);
      const [, day] = /^\/xml\/suc-khoe\/(\d{4}-\d{2}-\d{2})\.xml$/.exec(request.path) ?? [];
      return day ? health(day, moment, seed) : refusal(404, 'KHONG_CO', 'Không có dịch vụ này');
    },
  };
}

function encoderOf(day: string) {
  const prefix = PREFIXES[(Date.parse(day) / 86_400_000) % PREFIXES.length] ?? '';
  return encodeXml({ namespace: NAMESPACE, prefix, cdata: ['GhiChu', 'TrangThai', 'MoTa'] });
}

function refusal(status: number, code: string, message: string): SandboxAnswer {
  const body = { TraLoi: { '@ketQua': code, ThongBao: message } };
  return { status, body, encode: encodeXml({ namespace: NAMESPACE, prefix: '' }) };
}

function systems({ now, arrange }: SandboxMoment, seed: number): SandboxAnswer {
  const rows = vendorSystemsAt(VENDOR, now, seed).map((row) => ({
    '@ma': `${row.system}.${row.province}`,
    TinhThanh: row.province,
    Loai: row.system,
    PhoiHop: row.partners.join(' '),
    TrangThai: words.get(row.status) ?? '',
    GhiChu: row.note ?? null,
    CapNhatLuc: zonedText(row.updatedAt),
    SuCo: row.incident && {
      '@tu': zonedText(row.incident.openedAt),
      ...(row.incident.closedAt && { '@den': zonedText(row.incident.closedAt) }),
      MoTa: row.incident.description,
    },
    NguonMau: { '@moPhong': 'true', ...(row.document && { '@vanBan': row.document }) },
  }));
  const list = arrange<Json>(rows);
  const body = { TraLoi: { '@ketQua': '0', '@soLuong': `${list.length}`, HeThong: [...list] } };
  return { status: 200, body, encode: encoderOf(localDay(now)), records: systemRecords };
}

function health(day: string, { now, arrange }: SandboxMoment, seed: number): SandboxAnswer {
  const since = new Date(`${addDays(day, -1)}T23:59:59+07:00`);
  const rows = vendorHealthAt(VENDOR, now, seed, since).filter(({ measuredAt }) => localDay(measuredAt) === day);
  if (rows.length === 0) return refusal(404, 'CHUA_CO', `Chưa có báo cáo ngày ${day}`);
  const list = arrange<Json>(
    rows.map((row) => ({
      TinhThanh: row.province,
      Loai: row.system,
      DoLuc: zonedText(row.measuredAt),
      HoatDong: `${row.uptimePercent}`,
      TaiCpu: `${row.cpuPercent}`,
      TaiBoNho: `${row.memoryPercent}`,
      BangThongMbps: `${row.trafficMbps}`,
      SoCanhBao: `${row.alerts}`,
      GhiChu: row.alerts === 0 ? 'Tải < ngưỡng & không có cảnh báo' : `Xem <nhật ký>: ${row.alerts} cảnh báo`,
      NguonMau: { '@moPhong': 'true' },
    })),
  );
  const body = { TraLoi: { '@ketQua': '0', '@soLuong': `${list.length}`, '@ngay': day, SucKhoe: [...list] } };
  return { status: 200, body, encode: encoderOf(day), records: healthRecords };
}
