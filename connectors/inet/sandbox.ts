import { buildSchema, graphqlSync } from 'graphql';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { formatLocalTime } from '../kit/index.ts';
import {
  parseObject,
  type RecordsInBody,
  type SandboxAnswer,
  type SandboxDependencies,
  type SandboxMoment,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { vendorStandIn } from '../kit/sandbox/vendor-stand-in.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { phaseCodes } from './contract.ts';

const VENDOR = 'INET';
const words = wordsOf(phaseCodes);

const schema = buildSchema(/* GraphQL */ `
  type Query {
    installations(first: Int!, after: String): InstallationConnection!
    dailyReports(since: String!, first: Int!, after: String): DailyReportConnection!
  }
  type PageInfo { hasNextPage: Boolean!, endCursor: String }
  type Province { code: String! }
  type InstallationConnection { totalCount: Int!, pageInfo: PageInfo!, edges: [InstallationEdge]! }
  type InstallationEdge { cursor: String!, node: Installation }
  type Incident { summary: String!, startedAt: String!, resolvedAt: String }
  type Installation {
    id: ID!
    province: Province!
    product: String!
    sharedWith: [String!]!
    phase: String!
    comment: String
    changedAt: String!
    lastIncident: Incident
  }
  type DailyReportConnection { totalCount: Int!, pageInfo: PageInfo!, edges: [DailyReportEdge]! }
  type DailyReportEdge { cursor: String!, node: DailyReport }
  type Load { cpu: Float!, memory: Float!, trafficMbps: Float! }
  type DailyReport {
    id: ID!
    province: Province!
    product: String!
    takenAt: String!
    uptime: Float!
    load: Load!
    alerts: Int!
    comment: String
  }
`);

export const inetStandIn = vendorStandIn({
  id: 'inet',
  name: 'iNet',
  credentials: ['token'],
  create: (_account, { token = '' }, dependencies) => createInetSandbox(dependencies, token),
});

/** The stand-in of iNet: GraphQL over HTTP, executed, with Relay connections and errors beside data. */
function createInetSandbox({ seed }: SandboxDependencies, token: string): SandboxUpstream {
  return {
    id: 'inet',
    connector: 'inet',
    prefix: '/inet',
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({ data: null, errors: [{ message: 'Lỗi hệ thống', extensions: { code: 'INTERNAL' } }] }),
    // Some servers send no errors as an empty list.
    recodeSuccess: (body) => ({ ...(body as object), errors: [] }),
    withoutEnd: (body) => changeConnection(body, { pageInfo: { hasNextPage: true, endCursor: cursorAt(0) } }),
    answer(request, moment): SandboxAnswer {
      if (request.method !== 'POST' || request.path !== '/graphql') return { status: 404, body: {} };
      if (request.headers.authorization !== `Bearer ${token}`) {
        return {
          status: 200,
          body: { errors: [{ message: 'Chưa xác thực', extensions: { code: 'UNAUTHENTICATED' } }] },
        };
      }
      const { query, variables } = parseObject(request.body);
      return execute(String(query), variables as Record<string, Json> | undefined, moment, seed);
    },
  };
}

interface Node {
  readonly id: string;
  readonly _sandbox: Json;
}

function execute(
  source: string,
  variableValues: Record<string, Json> | undefined,
  moment: SandboxMoment,
  seed: number,
): SandboxAnswer {
  const marked: Record<string, Json> = {};
  const connect = (nodes: readonly Node[], page: PageArguments) => connection(nodes, page, moment.now, marked);
  const rootValue = {
    installations: (page: PageArguments) => connect(installations(moment, seed), page),
    dailyReports: ({ since, ...page }: PageArguments & { since: string }) =>
      connect(dailyReports(moment, seed, new Date(since)), page),
  };
  const result = graphqlSync({ schema, source, rootValue, ...(variableValues && { variableValues }) });
  const body = JSON.parse(JSON.stringify({ ...result, extensions: { sandbox: marked } })) as Json;
  return { status: 200, body, ...(result.data && { records: recordsIn(body) }) };
}

function installations({ now, arrange }: SandboxMoment, seed: number): readonly Node[] {
  const rows = vendorSystemsAt(VENDOR, now, seed).map((row) => ({
    id: `${row.province}.${row.system}`,
    province: { code: row.province },
    product: row.system,
    sharedWith: row.partners,
    phase: words.get(row.status) ?? '',
    comment: row.note ?? null,
    changedAt: row.updatedAt.toISOString(),
    lastIncident: row.incident && {
      summary: row.incident.description,
      startedAt: row.incident.openedAt.toISOString(),
      resolvedAt: row.incident.closedAt?.toISOString() ?? null,
    },
    _sandbox: { simulated: true, ...(row.document && { document: row.document }) },
  }));
  return arrange(rows);
}

function dailyReports({ now, arrange }: SandboxMoment, seed: number, since: Date): readonly Node[] {
  const share = (percent: number): number => Number((percent / 100).toFixed(6));
  const rows = vendorHealthAt(VENDOR, now, seed, since).map((row) => ({
    id: `${row.province}.${row.system}.${row.measuredAt.toISOString()}`,
    province: { code: row.province },
    product: row.system,
    takenAt: row.measuredAt.toISOString(),
    uptime: share(row.uptimePercent),
    load: { cpu: share(row.cpuPercent), memory: share(row.memoryPercent), trafficMbps: row.trafficMbps },
    alerts: row.alerts,
    comment: null,
    _sandbox: { simulated: true },
  }));
  return arrange(rows);
}

interface PageArguments {
  readonly first: number;
  readonly after?: string | null;
}

/** The cursor after so many nodes. */
const cursorAt = (count: number): string => Buffer.from(`inet:${count}`).toString('base64url');

/** Every night from 02:00 to 02:30 the store of one province is looked after: its nodes cannot be given, the others can. */
const PROVINCE_LOOKED_AFTER = '52';
const isLookedAfter = (now: Date): boolean => /^\d{8}02[0-2]/.test(formatLocalTime(now));

function connection(
  nodes: readonly Node[],
  { first, after }: PageArguments,
  now: Date,
  marked: Record<string, Json>,
): object {
  const start = after ? Number(Buffer.from(after, 'base64url').toString().replace('inet:', '')) : 0;
  const found = nodes.slice(start, start + first);
  for (const { id, _sandbox } of found) marked[id] = _sandbox;
  const edges = found.map((node, index) => ({
    cursor: cursorAt(start + index + 1),
    node() {
      const isAway = isLookedAfter(now) && node.id.startsWith(PROVINCE_LOOKED_AFTER);
      if (isAway) throw new Error('Kho dữ liệu của tỉnh đang bảo trì');
      return node;
    },
  }));
  const hasNextPage = start + first < nodes.length;
  return { totalCount: nodes.length, pageInfo: { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null }, edges };
}

type Edge = { readonly node: Json };
type Connections = { readonly data: Readonly<Record<string, { readonly edges: Edge[] }>> };

function changeConnection(body: Json, change: Record<string, Json>): Json {
  const { data, ...rest } = body as unknown as Connections;
  const changed = Object.entries(data ?? {}).map(([name, found]) => [name, { ...found, ...change }]);
  return { ...rest, data: Object.fromEntries(changed) };
}

/** The nodes of the one connection that was asked for. */
function recordsIn(body: Json): RecordsInBody {
  const isHealth = Object.hasOwn((body as unknown as Connections).data, 'dailyReports');
  return {
    get: (of) =>
      Object.values((of as unknown as Connections).data).flatMap(({ edges }) => edges.map(({ node }) => node)),
    set: (of, nodes) => changeConnection(of, { edges: nodes.map((node) => ({ node })) }),
    textField: 'comment',
    ...(!isHealth && { statusField: 'phase' }),
    retyped: isHealth ? ['alerts', 'nhiều'] : ['sharedWith', 'VNPT'],
  };
}
