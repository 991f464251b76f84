import type { Json } from '../../schema/kinds/fact-kind.ts';
import { loadProvinces } from '../../seeds/facts.ts';
import { coverageAt } from '../../seeds/june/coverage.ts';
import { formatLocalTime } from '../kit/index.ts';
import type { StandIn } from '../kit/sandbox/stand-in.ts';
import { TokenBook } from '../kit/sandbox/token-book.ts';
import {
  parseObject,
  recordsAt,
  type SandboxAnswer,
  type SandboxDependencies,
  type SandboxMoment,
  type SandboxRequest,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';

type Row = Record<string, Json>;
interface Service {
  readonly rows: Row[];
  readonly fields: Parameters<typeof recordsAt>[1];
  /** Whether the rows of the first page say how many there are. */
  readonly hasTotal: boolean;
}

/** Made up in the manner of the portal's ids. */
const agencyId = (province: string): string => `39${province}`;

const services: Readonly<Record<string, (now: Date, seed: number) => Service>> = {
  procedure_get_list_agency_by_type_service_v2: () => ({
    rows: [
      ...[
        'Văn phòng Chính phủ',
        'Bộ Khoa học và Công nghệ',
        'Bộ Công an',
        'Bộ Tư pháp',
        'Bộ Nội vụ',
        'Bộ Tài chính',
      ].map((name, index) => ({ ID: String(100 + index), AGENCY_NAME: name, PROVINCE_CODE: '' })),
      ...loadProvinces().provinces.map(({ code, name }) => ({
        ID: agencyId(code),
        AGENCY_NAME: `UBND ${name}`.normalize('NFD'),
        PROVINCE_CODE: code,
      })),
    ],
    fields: { textField: 'AGENCY_NAME', retyped: ['ID', 7] },
    // Forty agencies fill two pages: only that the second comes again says that it was the last.
    hasTotal: false,
  }),
  report_tile_cungcap_dvctt_service: (now, seed) => ({
    rows: coverageAt(now, seed).map(({ province, programme, offered, required, countedAt }) => ({
      AGENCY_ID: agencyId(province),
      AGENCY_NAME: '',
      PROGRAMME: programme,
      SO_CUNG_CAP: String(offered),
      SO_YEU_CAU: String(required),
      TY_LE: `${((100 * offered) / required).toFixed(1).replace('.', ',')}%`,
      NGAY_CAP_NHAT: formatLocalTime(countedAt),
      _sandbox: { simulated: true },
    })),
    fields: { textField: 'AGENCY_NAME', retyped: ['SO_CUNG_CAP', 12] },
    hasTotal: true,
  }),
};

export const dvcqgWebStandIn: StandIn = {
  connector: 'dvcqg-web',
  accounts: () => [{ id: 'dvcqg-web', path: '/dvcqg-web', credentials: {} }],
  create: (_account, _secrets, dependencies) => createDvcqgWebSandbox(dependencies),
  source: (_account, baseUrl) => ({
    name: 'Cổng Dịch vụ công quốc gia, trang công khai',
    config: { baseUrl },
    schedule: { everySeconds: 10, jitterSeconds: 2 },
    ttl: 'PT5M',
    precedence: { default: 30 },
  }),
  suite: {
    at: '2025-06-27T12:15:00+07:00',
    unmoved: ['unknown-status'],
    habits: ['local-times', 'empty-for-none'],
    keyOf: ({ AGENCY_ID, ID, PROGRAMME }) => ({
      province: String(AGENCY_ID ?? ID).replace(agencyId(''), ''),
      programme: PROGRAMME,
    }),
  },
};

/** The stand-in of the public gateway: cookies, one path for all services, bare arrays, everything as text. */
function createDvcqgWebSandbox({ seed, createToken }: SandboxDependencies): SandboxUpstream {
  const sessions = new TokenBook(createToken);
  return {
    id: 'dvcqg-web',
    connector: 'dvcqg-web',
    prefix: '/dvcqg-web',
    isSignIn: ({ method }) => method === 'GET',
    killSessions: () => sessions.revokeAll(),
    errorInside: () => ({ error: 'ORA-12541', message: 'Lỗi hệ thống' }),
    recodeSuccess: (body) => body,
    withoutEnd: (body) => (body as Row[]).map((row) => ({ ...row, TOTAL: '999999999' })),
    answer(request, moment): SandboxAnswer {
      if (request.method === 'GET' && request.path === '/p/home/dvc-trang-chu.html') {
        const session = sessions.issue(moment.now);
        const headers = { 'Set-Cookie': [`JSESSIONID=${session}; Path=/; HttpOnly`, 'route=r1; Path=/'] };
        return { status: 200, headers, body: null, encode: () => page('Cổng Dịch vụ công quốc gia') };
      }
      if (request.method !== 'POST' || request.path !== '/jsp/rest.jsp') return { status: 404, body: {} };
      // What guards the portal lets nobody in without its cookies, and says so with HTTP 200.
      if (!isKnown(request, sessions, moment.now)) {
        return { status: 200, body: null, encode: () => page('Request Rejected') };
      }
      const params = parseObject(new URLSearchParams(request.body).get('params') ?? '');
      const service = services[String(params.service)];
      return service ? pageOf(service(moment.now, seed), params, moment) : { status: 200, body: [] };
    },
  };
}

function isKnown({ headers }: SandboxRequest, sessions: TokenBook, now: Date): boolean {
  const pairs = (headers.cookie ?? '').split('; ').map((pair): [string, string] => {
    const [name = '', value = ''] = pair.split('=', 2);
    return [name, value];
  });
  const given = new Map(pairs);
  return given.get('route') === 'r1' && sessions.holds(given.get('JSESSIONID'), now);
}

const page = (title: string) => ({
  type: 'text/html; charset=utf-8',
  payload: `<html><head><title>${title}</title></head><body></body></html>`,
});

/** Asked for a page beyond the last, the gateway gives the last again. */
function pageOf({ rows, fields, hasTotal }: Service, params: Row, { arrange }: SandboxMoment): SandboxAnswer {
  const list = arrange(rows);
  const size = Number(params.recordPerPage);
  const lastPage = Math.max(1, Math.ceil(list.length / size));
  const offset = (Math.min(Number(params.pageIndex), lastPage) - 1) * size;
  const body = list.slice(offset, offset + size).map((row, index) => ({
    ROW_STT: String(offset + index + 1),
    ...(hasTotal && offset === 0 && { TOTAL: String(list.length) }),
    ...row,
  }));
  return { status: 200, body, records: recordsAt([], fields) };
}
