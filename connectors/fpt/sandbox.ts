import { createHash } from 'node:crypto';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { lastChangeOf, vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
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
import { stateCodes } from './contract.ts';

const VENDOR = 'FPT';
const words = wordsOf(stateCodes);
const deploymentRecords = recordsAt(['data'], {
  textField: 'remark',
  statusField: 'state',
  retyped: ['co_operators', 'VNPT'],
});
const metricsRecords = recordsAt(['data'], { textField: 'remark', retyped: ['alert_count', 'nhiều'] });

export const fptStandIn = vendorStandIn({
  id: 'fpt',
  name: 'FPT',
  credentials: ['apiKey'],
  create: (_account, { apiKey = '' }, dependencies) => createFptSandbox(dependencies, apiKey),
});

/** The stand-in of FPT: a key, opaque cursors, and an ETag of the whole list on each of its pages. */
function createFptSandbox({ seed }: SandboxDependencies, key: string): SandboxUpstream {
  return {
    id: 'fpt',
    connector: 'fpt',
    prefix: '/fpt',
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({ code: 'E5000', message: 'Internal error' }),
    recodeSuccess: (body) => ({ ...(body as object), code: '00' }),
    withoutEnd(body) {
      const { paging, ...rest } = body as { paging: object };
      return { ...rest, paging: { ...paging, next: cursorAt(0) } };
    },
    answer(request, moment) {
      if (request.headers['x-fpt-api-key'] !== key) return { status: 401, body: { code: 'E4010', message: 'Bad key' } };
      if (request.path === '/api/v2/deployments') {
        return { ...page(request, deployments(moment, seed)), records: deploymentRecords };
      }
      if (request.path === '/api/v2/metrics/daily') {
        return { ...page(request, dailyMetrics(request, moment, seed)), records: metricsRecords };
      }
      return { status: 404, body: { code: 'E4040', message: 'No such resource' } };
    },
  };
}

const seconds = (moment: Date): number => Math.floor(moment.getTime() / 1000);

function deployments({ now, arrange }: SandboxMoment, seed: number): readonly Json[] {
  const rows = vendorSystemsAt(VENDOR, now, seed).map((row) => ({
    deployment_id: `fpt-${row.system.toLowerCase()}-${row.province}`,
    site: { province_code: row.province, system_code: row.system },
    co_operators: [...row.partners],
    state: words.get(row.status) ?? '',
    remark: row.note ?? null,
    modified_at: seconds(lastChangeOf(row)),
    open_incident:
      row.incident?.closedAt === null
        ? { summary: row.incident.description, since: seconds(row.incident.openedAt) }
        : null,
    _sandbox: { simulated: true, ...(row.document && { document: row.document }) },
  }));
  return arrange<Json>(rows);
}

function dailyMetrics(request: SandboxRequest, { now, arrange }: SandboxMoment, seed: number): readonly Json[] {
  const since = new Date(Number(request.query.get('since') ?? 0) * 1000);
  const rows = vendorHealthAt(VENDOR, now, seed, since).map((row) => ({
    site: { province_code: row.province, system_code: row.system },
    window_end: seconds(row.measuredAt),
    availability_pct: row.uptimePercent,
    peak: { cpu_pct: row.cpuPercent, mem_pct: row.memoryPercent, net_mbps: row.trafficMbps },
    alert_count: row.alerts,
    remark: null,
    _sandbox: { simulated: true },
  }));
  return arrange<Json>(rows);
}

const cursorAt = (offset: number): string => Buffer.from(`fpt:${offset}`).toString('base64url');

/** The ETag is that of the list, so that "not modified" is said of all its pages at once. */
function page(request: SandboxRequest, list: readonly Json[]): SandboxAnswer {
  const etag = `"${createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 22)}"`;
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: { ETag: etag } };
  const cursor = request.query.get('cursor');
  const [, place = ''] = Buffer.from(cursor ?? cursorAt(0), 'base64url')
    .toString()
    .split(':');
  const offset = Number(place);
  if (place === '' || !Number.isInteger(offset)) return { status: 400, body: { code: 'E4001', message: 'Bad cursor' } };
  const end = offset + Number(request.query.get('limit') ?? 3);
  const next = end < list.length ? cursorAt(end) : null;
  const body = { code: 0, data: list.slice(offset, end), paging: { next, total: list.length } };
  return { status: 200, headers: { ETag: etag }, body };
}
