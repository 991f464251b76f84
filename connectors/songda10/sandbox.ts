import type { Json } from '../../schema/kinds/fact-kind.ts';
import { loadProvinces } from '../../seeds/facts.ts';
import { DAY_MS, dayOf, MINUTE_MS, momentOn } from '../../seeds/june/moments.ts';
import { type VendorHealthRow, vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { encodeJson } from '../kit/sandbox/encode-body.ts';
import { encodeXlsx } from '../kit/sandbox/encode-xlsx.ts';
import { localText } from '../kit/sandbox/local-text.ts';
import type {
  BodyEncoder,
  RecordsInBody,
  SandboxAnswer,
  SandboxMoment,
  SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { vendorStandIn } from '../kit/sandbox/vendor-stand-in.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { INDICATORS, SHEET, statusCodes, TOTAL_LABEL } from './contract.ts';

type Row = Record<string, Json>;
type Sheet = { titles: string[]; rows: Row[] };

const VENDOR = 'SONGDA10';
/** Somebody writes the report by hand, after the figures of 08:00. */
const WRITTEN_AFTER_MS = 15 * MINUTE_MS;
const INCIDENT = ['Sự cố', 'Sự cố từ', 'Sự cố đến'];
const COLUMNS = [
  'STT',
  'Tỉnh, thành phố',
  'Hệ thống',
  'Đơn vị phối hợp',
  'Tình trạng',
  'Cập nhật',
  'Đo lúc',
  'Chỉ số',
  'Giá trị',
  'Ghi chú',
  ...INCIDENT,
  '_sandbox_simulated',
  '_sandbox_document',
];
const MERGED = [
  'Tỉnh, thành phố',
  'Hệ thống',
  'Đơn vị phối hợp',
  'Tình trạng',
  'Cập nhật',
  'Đo lúc',
  'Ghi chú',
  ...INCIDENT,
];
const words = wordsOf(statusCodes);
const isTotal = (row: Row): boolean => row.STT === TOTAL_LABEL;
const rowRecords: RecordsInBody = {
  get: (body) => (body as Sheet).rows.filter((row) => !isTotal(row)),
  set: (body, records) => ({
    ...(body as Sheet),
    rows: [...(records as Row[]), ...(body as Sheet).rows.filter(isTotal)],
  }),
  textField: 'Ghi chú',
  statusField: 'Tình trạng',
  retyped: ['Giá trị', 'không đo được'],
};

export const songda10StandIn = vendorStandIn({
  id: 'songda10',
  name: 'Sông Đà 10',
  create: (_account, _secrets, { seed }) => createSongDaSandbox(seed),
  everySeconds: 20,
  unmoved: ['page-repeated', 'endless-next', 'error-code-type'],
});

/** The stand-in of Sông Đà 10: a real workbook for each day, with titles, merged cells, and numbers as text here and there. */
function createSongDaSandbox(seed: number): SandboxUpstream {
  return {
    id: 'songda10',
    connector: 'songda10',
    prefix: '/songda10',
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({ loi: 'MAY_CHU_BAN' }),
    recodeSuccess: (body) => body,
    // A workbook has no next page to go on to.
    withoutEnd: (body) => body,
    answer({ path }, moment): SandboxAnswer {
      const [, day = ''] = /^\/bao-cao\/(\d{4}-\d{2}-\d{2})\.xlsx$/.exec(path) ?? [];
      const writtenAt = momentOn(day, '08:00').getTime() + WRITTEN_AFTER_MS;
      // Also for what is no day at all.
      if (!(writtenAt <= moment.now.getTime())) return { status: 404 };
      const rows = rowsOf(day, moment, seed);
      return rows.length === 0
        ? { status: 404 }
        : { status: 200, body: sheetOf(day, rows), records: rowRecords, encode };
    },
  };
}

function sheetOf(day: string, rows: readonly Row[]): Sheet {
  const [year, month, date] = day.split('-');
  const titles = ['CÔNG TY CỔ PHẦN SÔNG ĐÀ 10', `Báo cáo hằng ngày, ngày ${date}/${month}/${year}`];
  return { titles, rows: [...rows, { STT: TOTAL_LABEL, 'Giá trị': rows.length }] };
}

const encode: BodyEncoder = (body) => {
  const { titles, rows } = body as Partial<Sheet>;
  if (!titles || !rows) return encodeJson(body);
  return encodeXlsx({
    name: SHEET,
    titles,
    rows,
    columns: COLUMNS,
    merged: MERGED,
    dates: ['Cập nhật', 'Sự cố từ', 'Sự cố đến'],
  });
};

/** Five rows for each system, as it stood when the report was written. */
function rowsOf(day: string, { arrange }: SandboxMoment, seed: number): readonly Row[] {
  const writtenAt = new Date(momentOn(day, '08:00').getTime() + WRITTEN_AFTER_MS);
  const names = new Map(loadProvinces().provinces.map(({ code, name }) => [code, name]));
  const figures = vendorHealthAt(VENDOR, writtenAt, seed).filter(({ measuredAt }) => dayOf(measuredAt) === day);
  const systems = vendorSystemsAt(VENDOR, writtenAt, seed);
  const rows = figures.flatMap((figure, index) => {
    const one = systems.find(({ province, system }) => province === figure.province && system === figure.system);
    if (!one) return [];
    const shared: Row = {
      STT: index + 1,
      'Tỉnh, thành phố': `${names.get(one.province) ?? ''} (${one.province})`,
      'Hệ thống': one.system,
      'Đơn vị phối hợp': one.partners.length === 0 ? null : one.partners.join(', '),
      'Tình trạng': words.get(one.status) ?? '',
      'Cập nhật': localText(one.updatedAt),
      'Đo lúc': serialOf(figure.measuredAt),
      'Ghi chú': one.note ?? null,
      'Sự cố': one.incident?.description ?? null,
      'Sự cố từ': one.incident ? localText(one.incident.openedAt) : null,
      'Sự cố đến': one.incident?.closedAt ? localText(one.incident.closedAt) : null,
      _sandbox_simulated: true,
      _sandbox_document: one.document ?? null,
    };
    return indicatorRows(figure).map((row): Row => ({ ...shared, ...row }));
  });
  return arrange<Row>(rows);
}

/** Somebody typed the figures of the machines in as text, with a decimal comma. */
function indicatorRows(figure: VendorHealthRow): Row[] {
  const asText = (value: number): string => String(value).replace('.', ',');
  return [
    { 'Chỉ số': INDICATORS.uptimePercent, 'Giá trị': figure.uptimePercent },
    { 'Chỉ số': INDICATORS.cpuPercent, 'Giá trị': asText(figure.cpuPercent) },
    { 'Chỉ số': INDICATORS.memoryPercent, 'Giá trị': asText(figure.memoryPercent) },
    { 'Chỉ số': INDICATORS.trafficMbps, 'Giá trị': figure.trafficMbps },
    { 'Chỉ số': INDICATORS.alerts, 'Giá trị': String(figure.alerts) },
  ];
}

/** As Excel counts days; 25,569 is the 1st of January 1970. */
const serialOf = (moment: Date): number => Date.parse(`${localText(moment)}Z`) / DAY_MS + 25_569;
