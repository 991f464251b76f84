import type { Json } from '../../schema/kinds/fact-kind.ts';
import { unitCode } from '../../schema/unit-code.ts';
import { DOCUMENTS, loadPartyOperations, type UsageFiguresFact } from '../../seeds/facts.ts';
import { addDays, startOfDay } from '../kit/index.ts';
import { encodeCsv } from '../kit/sandbox/encode-body.ts';
import type { StandIn } from '../kit/sandbox/stand-in.ts';
import type { RecordsInBody, SandboxAnswer, SandboxMoment, SandboxUpstream } from '../kit/sandbox/upstream.ts';
import { ROW_KINDS, type RowKind } from './contract.ts';

type Row = Record<string, Json>;

/** Their numbers of users scan badly and were taken from the total that the document states. */
const INFERRED_UNITS = ['Gia Lai', 'Sóc Trăng'];

const isTotal = (row: Json): boolean => ROW_KINDS[(row as { loai: RowKind }).loai].isTotal;
const unitRows: RecordsInBody = {
  get: (body) => (body as Json[]).filter((row) => !isTotal(row)),
  set: (body, records) => [...records, ...(body as Json[]).filter(isTotal)],
  textField: 'don_vi',
  statusField: 'loai',
  retyped: ['so_luot_dang_nhap', 'nhiều'],
};

export const partyOperationsStandIn: StandIn = {
  connector: 'party-operations',
  accounts: () => [
    { id: 'party-operations', path: '/party-operations', credentials: { apiKey: 'PARTY_OPERATIONS_API_KEY' } },
  ],
  create: (_account, { apiKey = '' }) => createPartyOperationsSandbox({ apiKey }),
  source: (_account, baseUrl) => ({
    name: 'Hệ thống thông tin điều hành tác nghiệp của Đảng',
    config: { baseUrl },
    schedule: { everySeconds: 30, jitterSeconds: 5 },
    ttl: 'PT10M',
    precedence: { default: 10 },
  }),
  suite: {
    at: '2025-06-27T12:15:00+07:00',
    unmoved: ['session-dies', 'page-repeated', 'endless-next'],
    habits: ['nfd'],
    keyOf: ({ loai, don_vi }) => {
      const { kind = undefined } = ROW_KINDS[loai as RowKind] ?? {};
      return { unit: kind && unitCode(kind, String(don_vi)) };
    },
  },
};

/** The stand-in of the Party's document system: a key and the file of one week, as the document has it; no other week is known. */
function createPartyOperationsSandbox(credentials: { readonly apiKey: string }): SandboxUpstream {
  return {
    id: 'party-operations',
    connector: 'party-operations',
    prefix: '/party-operations',
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({ loi: 'HE_THONG', thong_bao: 'Lỗi hệ thống' }),
    recodeSuccess: (body) => body,
    // A file has no next page to go on to.
    withoutEnd: (body) => body,
    answer(request, moment): SandboxAnswer {
      if (request.headers['x-api-key'] !== credentials.apiKey) return refuse(401, 'KHOA_SAI');
      const [, week] = /^\/tuan\/(\d{4}-\d{2}-\d{2})\.csv$/.exec(request.path) ?? [];
      if (request.method !== 'GET' || week === undefined) return refuse(404, 'KHONG_CO_DICH_VU');
      const { from, to } = loadPartyOperations().period;
      const isOver = startOfDay(addDays(to, 1)) <= moment.now;
      if (week !== from || !isOver) return refuse(404, 'CHUA_CO');
      return { status: 200, body: weekFile(moment), encode: (body) => encodeCsv(body), records: unitRows };
    },
  };
}

const refuse = (status: number, loi: string): SandboxAnswer => ({ status, body: { loi } });

function weekFile({ arrange }: SandboxMoment): Json[] {
  const { provincialUsage, provincialTotals, centralUsage, centralTotals } = loadPartyOperations();
  const provinces = provincialUsage.map((fact) =>
    row('TINH_TRUOC_SAP_NHAP', fact.formerProvince, fact, { ma_tinh: fact.province }),
  );
  const bodies = centralUsage.map((fact) => row('CO_QUAN_TRUNG_UONG', fact.unit, fact));
  const units = [...arrange<Json>([...provinces, ...bodies])];
  const countOf = (kind: RowKind): string => String(units.filter((unit) => (unit as Row).loai === kind).length);
  return [
    ...units,
    row('TONG_TINH', 'Tổng số', provincialTotals, { so_don_vi: countOf('TINH_TRUOC_SAP_NHAP') }),
    row('TONG_TRUNG_UONG', 'Tổng số', centralTotals, { so_don_vi: countOf('CO_QUAN_TRUNG_UONG') }),
  ];
}

function row(loai: RowKind, name: string, fact: UsageFiguresFact, more: Row = {}): Row {
  const { from, to } = loadPartyOperations().period;
  return {
    tu_ngay: from,
    den_ngay: to,
    loai,
    // Decomposed, as some of these systems write Vietnamese.
    don_vi: name.normalize('NFD'),
    ma_tinh: '',
    so_nguoi_dung: String(fact.usersLoggedIn),
    so_luot_dang_nhap: String(fact.logins),
    van_ban_den: String(fact.incomingDocuments),
    van_ban_di: String(fact.outgoingDocuments),
    luot_chuyen: String(fact.transfers),
    so_don_vi: '',
    ...more,
    _sandbox_document: DOCUMENTS.partyOperations,
    _sandbox_inferred: INFERRED_UNITS.includes(name) ? 'true' : '',
  };
}
