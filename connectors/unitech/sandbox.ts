import type { Json } from '../../schema/kinds/fact-kind.ts';
import { vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { formatDayMonthTime, parseLocalTime } from '../kit/local-time.ts';
import { encodeCsv } from '../kit/sandbox/encode-body.ts';
import {
  type RecordsInBody,
  recordsAt,
  type SandboxAnswer,
  type SandboxMoment,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { vendorStandIn } from '../kit/sandbox/vendor-stand-in.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { ROW_COUNT_HEADER, statusCodes } from './contract.ts';

type Row = Record<string, string>;

const VENDOR = 'UNITECH';
const words = wordsOf(statusCodes);
const systemRecords = recordsAt([], {
  textField: 'Ghi chú',
  statusField: 'Trạng thái',
  retyped: ['Cập nhật lúc', 'hôm qua'],
});
const healthRecords = recordsAt([], { textField: 'Ghi chú', retyped: ['Băng thông (Mbps)', '12.5'] });
const decimal = (value: number): string => value.toFixed(2).replace('.', ',');

export const unitechStandIn = vendorStandIn({
  id: 'unitech',
  name: 'Unitech',
  credentials: ['token'],
  create: (_account, { token = '' }, { seed }) => createUnitechSandbox(seed, token),
  everySeconds: 15,
  unmoved: ['page-repeated', 'endless-next', 'error-code-type'],
});

/** The stand-in of Unitech: a token in the query, and files with semicolons, a byte order mark and decimal commas. */
function createUnitechSandbox(seed: number, token: string): SandboxUpstream {
  return {
    id: 'unitech',
    connector: 'unitech',
    prefix: '/unitech',
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({ ma_loi: 'HE_THONG', thong_bao: 'Hệ thống đang bận' }),
    recodeSuccess: (body) => body,
    // A file has no next page to go on to.
    withoutEnd: (body) => body,
    answer(request, moment): SandboxAnswer {
      if (request.query.get('token') !== token) return { status: 401, body: { ma_loi: 'TOKEN_SAI' } };
      if (request.path === '/xuat/trang-thai.csv') return file(systems(moment, seed), systemRecords);
      const from = parseLocalTime(request.query.get('tu') ?? '');
      if (request.path === '/xuat/suc-khoe.csv' && from) return file(healthRows(from, moment, seed), healthRecords);
      return { status: 404, body: { ma_loi: 'KHONG_CO_TEP' } };
    },
  };
}

function file(rows: readonly Row[], records: RecordsInBody): SandboxAnswer {
  const columns = Object.keys(rows[0] ?? {});
  return {
    status: 200,
    headers: { [ROW_COUNT_HEADER]: String(rows.length) },
    body: rows as Json,
    records,
    encode: (body) => encodeCsv(body, { delimiter: ';', bom: true, columns }),
  };
}

function systems({ now, arrange }: SandboxMoment, seed: number): readonly Row[] {
  const rows = vendorSystemsAt(VENDOR, now, seed).map((row) => ({
    'Mã tỉnh': row.province,
    'Mã hệ thống': row.system,
    'Đơn vị phối hợp': row.partners.join(','),
    'Trạng thái': words.get(row.status) ?? '',
    'Ghi chú': row.note ?? '',
    'Cập nhật lúc': formatDayMonthTime(row.updatedAt),
    'Sự cố': row.incident?.description ?? '',
    'Sự cố từ': row.incident ? formatDayMonthTime(row.incident.openedAt) : '',
    'Sự cố đến': row.incident?.closedAt ? formatDayMonthTime(row.incident.closedAt) : '',
    _sandbox_simulated: 'true',
    _sandbox_document: row.document ?? '',
  }));
  return arrange<Row>(rows);
}

function healthRows(from: Date, { now, arrange }: SandboxMoment, seed: number): readonly Row[] {
  const rows = vendorHealthAt(VENDOR, now, seed, from).map((row) => ({
    'Mã tỉnh': row.province,
    'Mã hệ thống': row.system,
    'Đo lúc': formatDayMonthTime(row.measuredAt),
    'Hoạt động (%)': decimal(row.uptimePercent),
    'CPU (%)': decimal(row.cpuPercent),
    'Bộ nhớ (%)': decimal(row.memoryPercent),
    'Băng thông (Mbps)': decimal(row.trafficMbps),
    'Cảnh báo': String(row.alerts),
    'Ghi chú': '',
    _sandbox_simulated: 'true',
  }));
  return arrange<Row>(rows);
}
