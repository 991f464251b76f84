import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { inLines } from '../kit/auth/hmac-signed.ts';
import {
  recordsAt,
  type SandboxAnswer,
  type SandboxDependencies,
  type SandboxMoment,
  type SandboxRequest,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { vendorStandIn } from '../kit/sandbox/vendor-stand-in.ts';
import { createViettelSender, systemAt, VENDOR } from './sandbox-webhooks.ts';

/** Of its own clock, whatever pace that has. */
const MAX_SKEW_MS = 5 * 60_000;
const systemRecords = recordsAt(['data', 'items'], {
  textField: 'note',
  statusField: 'status',
  retyped: ['partners', 'VNPT'],
});
const healthRecords = recordsAt(['data', 'items'], { textField: 'remark', retyped: ['alarms', 'nhiều'] });

export const viettelStandIn = vendorStandIn({
  id: 'viettel',
  name: 'Viettel',
  credentials: ['accessKey', 'secretKey', 'webhookSecret'],
  create: (_account, { accessKey = '', secretKey = '' }, dependencies) =>
    createViettelSandbox(dependencies, { accessKey, secretKey }),
  senders: ({ id }, { webhookSecret = '' }, { seed }) => [createViettelSender(id, webhookSecret, seed)],
});

/** The stand-in of Viettel: signed requests, offset and limit, epoch milliseconds. */
function createViettelSandbox(
  { seed, clockSpeed = 1 }: SandboxDependencies,
  credentials: { readonly accessKey: string; readonly secretKey: string },
): SandboxUpstream {
  const refusal = (code: string): SandboxAnswer => ({ status: 401, body: { code, message: 'Unauthorized' } });
  const check = (request: SandboxRequest, now: Date): SandboxAnswer | undefined => {
    const timestamp = request.headers['x-viettel-timestamp'] ?? '';
    if (request.headers['x-viettel-key'] !== credentials.accessKey) return refusal('INVALID_KEY');
    if (Math.abs(Number(timestamp) - now.getTime()) > MAX_SKEW_MS * clockSpeed) return refusal('TIME_SKEW');
    const expected = createHmac('sha256', credentials.secretKey).update(textOf(request, timestamp)).digest();
    const given = Buffer.from(request.headers['x-viettel-signature'] ?? '', 'hex');
    const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
    return isSigned ? undefined : refusal('INVALID_SIGNATURE');
  };
  return {
    id: 'viettel',
    connector: 'viettel',
    prefix: '/viettel',
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({ code: '99', message: 'Internal error', data: null }),
    recodeSuccess: (body) => ({ ...(body as object), code: '00' }),
    withoutEnd(body) {
      const { data, ...rest } = body as { data: object };
      return { ...rest, data: { ...data, total: 50_000_000 } };
    },
    answer(request, moment) {
      const refused = check(request, moment.now);
      if (refused) return refused;
      if (request.path === '/v2/systems') return { ...page(request, systems(moment, seed)), records: systemRecords };
      if (request.path === '/v2/health') {
        return { ...page(request, healthRows(request, moment, seed)), records: healthRecords };
      }
      return { status: 404, body: { code: '44', message: 'Not Found' } };
    },
  };
}

function textOf({ method, path, query, body }: SandboxRequest, timestamp: string): string {
  const search = query.toString();
  return inLines({ method, path: search ? `${path}?${search}` : path, timestamp, body });
}

function systems({ now, arrange }: SandboxMoment, seed: number): readonly Json[] {
  return arrange<Json>(vendorSystemsAt(VENDOR, now, seed).map(systemAt));
}

function healthRows(request: SandboxRequest, { now, arrange }: SandboxMoment, seed: number): readonly Json[] {
  const from = new Date(Number(request.query.get('from') ?? 0));
  const rows = vendorHealthAt(VENDOR, now, seed, from).map((row) => ({
    province: row.province,
    system: row.system,
    measuredAt: row.measuredAt.getTime(),
    availability: row.uptimePercent,
    cpuPeak: row.cpuPercent,
    ramPeak: row.memoryPercent,
    bandwidthPeakMbps: row.trafficMbps,
    alarms: row.alerts,
    remark: null,
    _sandbox: { simulated: true },
  }));
  return arrange<Json>(rows);
}

function page(request: SandboxRequest, list: readonly Json[]): SandboxAnswer {
  const offset = Number(request.query.get('offset') ?? 0);
  const limit = Number(request.query.get('limit') ?? 20);
  const items = list.slice(offset, offset + limit);
  return { status: 200, body: { code: 0, message: 'OK', data: { items, offset, limit, total: list.length } } };
}
