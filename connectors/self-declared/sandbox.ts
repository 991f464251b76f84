import type { Json } from '../../schema/kinds/fact-kind.ts';
import { chance } from '../../seeds/june/chance.ts';
import { lastChangeOf, SELF, type VendorSystemRow, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { formatDayMonthTime } from '../kit/local-time.ts';
import { type CsvStyle, encodeCsv } from '../kit/sandbox/encode-body.ts';
import { identified, jsonEvent, type SandboxEvent, type SandboxSender } from '../kit/sandbox/sender.ts';
import type { StandIn } from '../kit/sandbox/stand-in.ts';

export const selfDeclaredStandIn: StandIn = {
  connector: 'self-declared',
  accounts: () => [{ id: 'self-declared', path: '/self-declared', credentials: {} }],
  senders: ({ id }, _secrets, { seed }, provinces) => {
    const rows = vendorSystemsAt(SELF, new Date(0), seed);
    const own = new Set(rows.map(({ province }) => province));
    return provinces.filter(({ code }) => own.has(code)).map(({ code }) => createSender(id, code, seed));
  },
  source: () => ({
    name: 'Tỉnh, thành phố tự khai báo',
    config: {},
    ttl: 'PT10M',
    // A province knows best what it runs itself.
    precedence: { default: 15 },
  }),
  suite: { at: '2025-06-27T12:15:00+07:00', unmoved: [] },
};

/** A province that runs systems itself: sends a report when something has changed, and every so often all of it. */
function createSender(source: string, province: string, seed: number): SandboxSender {
  const rowsAt = (at: Date): VendorSystemRow[] =>
    vendorSystemsAt(SELF, at, seed).filter((row) => row.province === province);
  const write = writers[Math.floor(chance(seed, province, 'form') * writers.length)] as Writer;
  const event = (id: string, rows: readonly VendorSystemRow[]): SandboxEvent[] =>
    rows.length === 0 ? [] : [identified(write(`${province}-${id}`, rows))];
  return {
    source,
    name: `${source} ${province}`,
    provinces: [province],
    eventsBetween(since, at) {
      const changed = rowsAt(at).filter((row) => lastChangeOf(row) > since);
      const latest = Math.max(...changed.map((row) => lastChangeOf(row).getTime()));
      return event(`thay-doi-${latest}`, changed);
    },
    reportAt: (at, sentAt) => event(`bao-cao-${sentAt.getTime()}`, rowsAt(at)),
    headersOf: ({ id }) => ({ 'idempotency-key': id }),
  };
}

type Writer = (id: string, rows: readonly VendorSystemRow[]) => SandboxEvent;

const COLUMNS = {
  province: 'Mã tỉnh',
  system: 'Hệ thống',
  status: 'Tình trạng',
  vendors: 'Đơn vị triển khai',
  note: 'Ghi chú',
  difficulty: 'Khó khăn, vướng mắc',
  observedAt: 'Thời điểm',
  _sandbox: '_sandbox',
} as const;

/** Provinces send what they have: a spreadsheet saved in Vietnamese, one in English, or JSON. */
const writers: readonly Writer[] = [
  (id, rows) => {
    // People leave the seconds out.
    const writtenTime = (moment: Date) => formatDayMonthTime(moment).slice(0, '27/06/2025 12:15'.length);
    const records = rows.map((row) => renamed({ ...asRow(row), observedAt: writtenTime(lastChangeOf(row)) }));
    return csvEvent(id, records, { delimiter: ';', bom: true });
  },
  (id, rows) => csvEvent(id, rows.map(asRow)),
  (id, rows) => jsonEvent(id, { rows: rows.map((row) => ({ ...asRow(row), vendors: [SELF, ...row.partners] })) }),
];

function asRow(row: VendorSystemRow): Record<string, Json> {
  return {
    province: row.province,
    system: row.system,
    status: row.status,
    vendors: [SELF, ...row.partners].join(' '),
    // What no longer holds, or was never there, is crossed out.
    note: row.note ?? '-',
    difficulty: row.incident?.closedAt === null ? row.incident.description : '-',
    observedAt: lastChangeOf(row).toISOString(),
    _sandbox: { simulated: true, ...(row.document && { document: row.document }) },
  };
}

function renamed(row: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(COLUMNS).map(([field, name]) => [name, row[field] ?? '']));
}

function csvEvent(id: string, rows: readonly Record<string, Json>[], style?: CsvStyle): SandboxEvent {
  return { id, contentType: 'text/csv', body: Buffer.from(encodeCsv([...rows], style).payload) };
}
