import type { Json } from '../../schema/kinds/fact-kind.ts';
import { shuffled } from '../../seeds/june/chance.ts';
import { communeDossiersOf, type DossierRow, dossiersOf } from '../../seeds/june/dossiers.ts';
import { encodeCsv } from '../kit/sandbox/encode-body.ts';
import type { StandIn } from '../kit/sandbox/stand-in.ts';
import { recordsAt, type SandboxAnswer, type SandboxMoment, type SandboxUpstream } from '../kit/sandbox/upstream.ts';
import { ROW_COUNT_HEADER } from './contract.ts';

const COLUMNS = [
  'ngay',
  'ma_tinh',
  'ma_xa',
  'ma_tthc',
  'tiep_nhan',
  'truc_tuyen',
  'dung_han',
  'qua_han',
  '_sandbox_simulated',
] as const;
const LEVELS: Readonly<Record<string, typeof dossiersOf>> = { tinh: dossiersOf, xa: communeDossiersOf };
const rows = recordsAt([], { textField: 'ma_tthc', retyped: ['tiep_nhan', 'nhiều'] });

export const emcStandIn: StandIn = {
  connector: 'emc',
  accounts: () => [{ id: 'emc', path: '/emc', credentials: { username: 'EMC_USERNAME', password: 'EMC_PASSWORD' } }],
  create: (_account, { username = '', password = '' }, { seed }) => createEmcSandbox(seed, username, password),
  source: (_account, baseUrl) => ({
    name: 'Hệ thống đo lường, giám sát chất lượng dịch vụ công (EMC)',
    config: { baseUrl },
    schedule: { everySeconds: 10, jitterSeconds: 2 },
    ttl: 'PT10M',
    precedence: { default: 10 },
  }),
  suite: {
    at: '2025-06-27T12:15:00+07:00',
    unmoved: ['session-dies', 'page-repeated', 'endless-next', 'unknown-status'],
    keyOf: ({ ma_tinh, province, ma_tthc, procedure }) => ({
      province: ma_tinh ?? province,
      procedure: ma_tthc ?? procedure,
    }),
  },
};

/** The stand-in of EMC: a name and a password, and one file a day whose columns stand in another order each day. */
function createEmcSandbox(seed: number, username: string, password: string): SandboxUpstream {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return {
    id: 'emc',
    connector: 'emc',
    prefix: '/emc',
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({ loi: 'HE_THONG', thong_bao: 'Lỗi hệ thống' }),
    recodeSuccess: (body) => body,
    // A file has no next page to go on to.
    withoutEnd: (body) => body,
    answer(request, moment): SandboxAnswer {
      if (request.headers.authorization !== authorization) return refuse(401, 'SAI_MAT_KHAU');
      const [, day] = /^\/do-luong\/(\d{4}-\d{2}-\d{2})\.csv$/.exec(request.path) ?? [];
      const read = LEVELS[request.query.get('cap') ?? 'tinh'];
      if (request.method !== 'GET' || day === undefined || !read) return refuse(404, 'KHONG_CO_DICH_VU');
      const body = fileOf(day, read(day, moment.now, seed), moment);
      if (body.length === 0) return refuse(404, 'CHUA_CO');
      const columns = shuffled(seed, day, COLUMNS);
      const headers = { [ROW_COUNT_HEADER]: String(body.length) };
      return { status: 200, headers, body, records: rows, encode: (spoiled) => encodeCsv(spoiled, { columns }) };
    },
  };
}

const refuse = (status: number, loi: string): SandboxAnswer => ({ status, body: { loi } });

function fileOf(day: string, dossiers: readonly DossierRow[], { arrange }: SandboxMoment): Json[] {
  return arrange(dossiers).map((row) => ({
    ngay: day,
    ma_tinh: row.province,
    ma_xa: row.commune ?? '',
    ma_tthc: row.procedure,
    tiep_nhan: String(row.received),
    truc_tuyen: String(row.online),
    dung_han: String(row.onTime),
    qua_han: String(row.overdue),
    _sandbox_simulated: 'true',
  }));
}
