import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { ConnectorError, codeIn, defineConnector, rowNumberPage, sessionLogin } from '../kit/index.ts';
import { agency, COVERAGE_CONTRACT, coverage, LINKS_CONTRACT, LOGIN_REFUSED, link, SESSION_GONE } from './contract.ts';
import { AGENCIES, mapCoverage, mapLink } from './mapping.ts';

const SUCCESS_CODES = ['0', '00'];
const PAGE_SIZE = 20;
const errorCodeOf = codeIn('error_code', SUCCESS_CODES);

const config = z.object({
  /** Below the base URL: where the security server's adapter takes calls. */
  adapterPath: z.string().startsWith('/').default('/XrdAdapter/RestService/forward'),
  /** The service that the security server is to forward to; query parameter and header. */
  dstcode: z.string().min(1).default('VN:GOV:000.00.00.G22:vpcpdvcprovider'),
  /** Our own unit, as the portal knows it. */
  madonvi: z.string().min(1),
});
type Config = z.output<typeof config>;

/** The National Public-Service Portal, behind the security-server adapter. */
export const dvcqgConnector = defineConnector({
  id: 'dvcqg',
  title: 'Cổng Dịch vụ công quốc gia',
  shape: 'public',
  config,
  auth: (config) =>
    sessionLogin({
      credentials: ['username', 'password'],
      login: ({ username = '', password = '' }) => ({ ...call(config, '/mapi/login'), json: { username, password } }),
      sessionOf,
      place: (request, session) => ({ ...request, json: { session, ...(request.json as Record<string, Json>) } }),
    }),
  errors: [
    {
      when: { status: 200, code: [SESSION_GONE] },
      action: 'reauthenticate',
      kind: 'configuration',
      userMessage: 'The portal does not take our sessions; check the account that the source names.',
      logMessage: 'the session is gone',
    },
  ],
  errorCodeOf,
  rateLimit: { requestsPerSecond: 20, burst: 40 },
  lookups: (lookup) => ({
    [AGENCIES]: lookup({
      paginator: service('LayDanhMucCoQuan'),
      decode: decodeResult,
      contract: agency,
      entry: ({ MADONVI, MATINH }) => (MATINH === '' ? undefined : [MADONVI, MATINH]),
    }),
  }),
  streams: (stream) => [
    stream({
      name: 'links',
      kinds: ['link'],
      mode: 'snapshot',
      paginator: service('TinhTrangKetNoi'),
      decode: decodeResult,
      contract: link,
      contractVersion: LINKS_CONTRACT,
      map: mapLink,
      lookups: [AGENCIES],
    }),
    stream({
      name: 'coverage',
      kinds: ['serviceCoverage'],
      mode: 'snapshot',
      paginator: service('ThongKeCungCapDVCTT'),
      decode: decodeResult,
      contract: coverage,
      contractVersion: COVERAGE_CONTRACT,
      map: mapCoverage,
      lookups: [AGENCIES],
    }),
  ],
});

/** Undefined where the account is refused; any other failure of the login is the portal's. */
function sessionOf(body: Json): string | undefined {
  const code = errorCodeOf(body);
  if (code === LOGIN_REFUSED) return undefined;
  const { session } = body as { session?: unknown };
  if (code === undefined && typeof session === 'string' && session !== '') return session;
  throw ConnectorError.of('system', 'The portal does not let anybody sign in.', `login: error_code ${code}`);
}

function call({ adapterPath, dstcode }: Config, path: string) {
  return { method: 'POST', path: `${adapterPath}${path}`, query: { dstcode }, headers: { dstcode } } as const;
}

function service(name: string) {
  return rowNumberPage<Config>({
    size: PAGE_SIZE,
    request: ({ pageIndex, size }, config) => ({
      ...call(config, '/mapi/g'),
      json: { madonvi: config.madonvi, service: name, pageIndex: String(pageIndex), recordPerPage: String(size) },
    }),
    rowNumberOf: (record) => numberIn(record, 'ROW_STT'),
    totalOf: (record) => {
      const total = numberIn(record, 'TOTAL');
      return Number.isNaN(total) ? undefined : total;
    },
  });
}

function numberIn(record: unknown, member: string): number {
  const value = (record as Record<string, unknown> | null)?.[member];
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
}

function decodeResult(body: Json): unknown[] {
  const { result } = body as { result?: unknown };
  if (Array.isArray(result)) return result;
  throw ConnectorError.of('system', 'The portal answered without a result.');
}
