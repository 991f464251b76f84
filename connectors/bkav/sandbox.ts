import type { Json } from '../../schema/kinds/fact-kind.ts';
import { loadProvinces } from '../../seeds/facts.ts';
import { vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { JwtBook } from '../kit/sandbox/jwt-book.ts';
import { TokenBook } from '../kit/sandbox/token-book.ts';
import {
  parseObject,
  type RecordsInBody,
  type SandboxAnswer,
  type SandboxDependencies,
  type SandboxMoment,
  type SandboxRequest,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { vendorStandIn } from '../kit/sandbox/vendor-stand-in.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { phaseCodes } from './contract.ts';

type JsonObject = Record<string, Json>;

const VENDOR = 'BKAV';
/** By the clock of the sandbox. */
const ACCESS_LIFE_MS = 30 * 60_000;
const REFRESH_LIFE_MS = 24 * 3_600_000;
const words = wordsOf(phaseCodes);
const deploymentRecords = attributesOf({ textField: 'note', statusField: 'phase', retyped: ['changed-at', 20250627] });
const healthRecords = attributesOf({ textField: 'comment', retyped: ['alert-count', 'nhiều'] });

export const bkavStandIn = vendorStandIn({
  id: 'bkav',
  name: 'Bkav',
  credentials: ['username', 'password'],
  create: (_account, { username = '', password = '' }, dependencies) =>
    createBkavSandbox(dependencies, { username, password }),
  everySeconds: 15,
});

/**
 * The stand-in of Bkav: a login with JSON Web Tokens, and JSON:API whose links are whole in one list and relative in the
 * other. Sessions that die take the refresh tokens with them.
 */
function createBkavSandbox(
  { seed, createToken }: SandboxDependencies,
  credentials: { readonly username: string; readonly password: string },
): SandboxUpstream {
  const access = new JwtBook(createToken);
  const refresh = new TokenBook(createToken);

  const signIn = ({ path, body }: SandboxRequest, now: Date): SandboxAnswer => {
    const { attributes = {} } = (parseObject(body).data ?? {}) as { attributes?: JsonObject };
    const used = String(attributes['refresh-token'] ?? '');
    const isGood =
      path === '/api/v2/auth/refresh'
        ? refresh.holds(used, now)
        : attributes.username === credentials.username && attributes.password === credentials.password;
    if (!isGood) return refuse('401', 'INVALID_CREDENTIALS');
    refresh.revoke(used);
    const tokens = {
      'access-token': access.issue(now, ACCESS_LIFE_MS),
      'refresh-token': refresh.issue(now, REFRESH_LIFE_MS),
    };
    return { status: 200, body: { data: { type: 'sessions', id: '1', attributes: tokens } } };
  };

  return {
    id: 'bkav',
    connector: 'bkav',
    prefix: '/bkav',
    isSignIn: ({ path }) => path.startsWith('/api/v2/auth/'),
    killSessions() {
      access.revokeAll();
      refresh.revokeAll();
    },
    errorInside: () => ({ errors: [{ status: '500', code: 'INTERNAL', title: 'Internal error' }] }),
    recodeSuccess: (body) => {
      const { meta, ...rest } = body as { meta: { total: number } };
      return { ...rest, meta: { total: String(meta.total) } };
    },
    withoutEnd: (body) => ({
      ...(body as JsonObject),
      meta: { total: 1_000_000 },
      links: { next: '/bkav/api/v2/deployments?page%5Bnumber%5D=1' },
    }),
    answer(request, moment): SandboxAnswer {
      if (request.path.startsWith('/api/v2/auth/')) return signIn(request, moment.now);
      if (!access.holds(request.headers.authorization?.replace(/^Bearer /, ''), moment.now)) {
        return refuse('401', 'TOKEN_EXPIRED');
      }
      if (request.path === '/api/v2/deployments') {
        const host = `http://${request.headers.host ?? ''}`;
        return {
          ...page(request, deployments(moment, seed), host, incidents(moment.now, seed)),
          records: deploymentRecords,
        };
      }
      if (request.path === '/api/v2/health-reports') {
        return { ...page(request, healthReports(request, moment, seed), ''), records: healthRecords };
      }
      return refuse('404', 'NOT_FOUND');
    },
  };
}

const refuse = (status: string, code: string): SandboxAnswer => ({
  status: Number(status),
  body: { errors: [{ status, code }] },
});

/** Records of this form have what a fault may touch among their attributes. */
function attributesOf(fields: Pick<RecordsInBody, 'textField' | 'statusField' | 'retyped'>): RecordsInBody {
  const data = (body: Json): JsonObject[] => (body as { data: JsonObject[] }).data;
  return {
    ...fields,
    get: (body) => data(body).map((one) => ({ ...one, ...(one.attributes as JsonObject) })),
    set: (body, records) => ({
      ...(body as JsonObject),
      data: (records as JsonObject[]).map(
        ({ type, id, relationships, meta, attributes: _replaced, ...attributes }) => ({
          ...{ type, id, relationships, meta },
          attributes,
        }),
      ) as Json[],
    }),
  };
}

function deployments({ now, arrange }: SandboxMoment, seed: number): readonly JsonObject[] {
  const rows = vendorSystemsAt(VENDOR, now, seed).map((row) => ({
    type: 'deployments',
    id: `${row.province}-${row.system}`,
    attributes: {
      'system-code': row.system,
      phase: words.get(row.status) ?? '',
      note: row.note ?? null,
      'changed-at': row.updatedAt.toISOString(),
    },
    relationships: {
      province: { data: { type: 'provinces', id: row.province } },
      partners: { data: row.partners.map((id) => ({ type: 'companies', id })) },
      incident: { data: row.incident && { type: 'incidents', id: row.incident.id } },
    },
    meta: { _sandbox: { simulated: true, ...(row.document && { document: row.document }) } },
  }));
  return arrange<JsonObject>(rows);
}

function healthReports(request: SandboxRequest, { now, arrange }: SandboxMoment, seed: number): readonly JsonObject[] {
  const after = new Date(request.query.get('filter[measured-after]') ?? 0);
  const rows = vendorHealthAt(VENDOR, now, seed, after).map((row) => ({
    type: 'health-reports',
    id: `${row.province}-${row.system}-${row.measuredAt.getTime()}`,
    attributes: {
      'measured-at': row.measuredAt.toISOString(),
      availability: share(row.uptimePercent),
      peak: {
        cpu: share(row.cpuPercent),
        memory: share(row.memoryPercent),
        'traffic-kbps': Math.round(row.trafficMbps * 1000),
      },
      'alert-count': row.alerts,
      comment: null,
    },
    relationships: { deployment: { data: { type: 'deployments', id: `${row.province}-${row.system}` } } },
    meta: { _sandbox: { simulated: true } },
  }));
  return arrange<JsonObject>(rows);
}

const share = (percent: number): number => Math.round(percent * 100) / 10_000;

/** A page of the list, with the next one's link and all that its resources point to. */
function page(
  request: SandboxRequest,
  list: readonly JsonObject[],
  host: string,
  alsoIncluded: readonly JsonObject[] = [],
): SandboxAnswer {
  const size = Number(request.query.get('page[size]') ?? 20);
  const number = Number(request.query.get('page[number]') ?? 1);
  const query = new URLSearchParams(request.query);
  query.set('page[number]', String(number + 1));
  const isLast = number * size >= list.length;
  const body = {
    jsonapi: { version: '1.1' },
    meta: { total: list.length },
    links: { next: isLast ? null : `${host}/bkav${request.path}?${query}` },
    data: list.slice((number - 1) * size, number * size),
    included: [...included(), ...alsoIncluded],
  };
  return {
    status: 200,
    body,
    encode: (spoiled) => ({ type: 'application/vnd.api+json', payload: JSON.stringify(spoiled) }),
  };
}

/** The last incident of each system. */
function incidents(now: Date, seed: number): JsonObject[] {
  return vendorSystemsAt(VENDOR, now, seed).flatMap(({ incident }) => {
    if (!incident) return [];
    const attributes = {
      summary: incident.description,
      'opened-at': incident.openedAt.toISOString(),
      'closed-at': incident.closedAt?.toISOString() ?? null,
    };
    return [{ type: 'incidents', id: incident.id, attributes }];
  });
}

/** The provinces and companies that may be pointed to, and the systems, which point back and forth with their provinces. */
function included(): JsonObject[] {
  const systems = vendorSystemsAt(VENDOR, new Date(0), 0);
  const deploymentOf = ({ province, system }: (typeof systems)[number]) => ({
    type: 'deployments',
    id: `${province}-${system}`,
  });
  const provinces = loadProvinces().provinces.filter(({ code }) => systems.some(({ province }) => province === code));
  return [
    ...provinces.map(({ code, name }) => ({
      type: 'provinces',
      id: code,
      // Decomposed, as some of these systems write Vietnamese.
      attributes: { name: name.normalize('NFD') },
      relationships: {
        deployments: { data: systems.filter(({ province }) => province === code).map(deploymentOf) },
      },
    })),
    ...systems.map((one) => ({
      ...deploymentOf(one),
      attributes: { 'system-code': one.system },
      relationships: { province: { data: { type: 'provinces', id: one.province } } },
    })),
    ...[...new Set(systems.flatMap(({ partners }) => partners))].map((id) => ({
      type: 'companies',
      id,
      attributes: { name: id },
    })),
  ];
}
