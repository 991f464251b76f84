import type { Json } from '../../schema/kinds/fact-kind.ts';
import { vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { TokenBook } from '../kit/sandbox/token-book.ts';
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
import { statusCodes } from './contract.ts';

/** By the clock of the sandbox. */
const TOKEN_LIFE_MS = 6 * 3_600_000;
const words = wordsOf(statusCodes);
const systemRecords = recordsAt(['content'], {
  textField: 'note',
  statusField: 'status',
  retyped: ['partners', 'HAPRO'],
});
const healthRecords = recordsAt(['content'], { textField: 'remark', retyped: ['alerts', 'nhiều'] });

export const vnptStandIn = vendorStandIn({
  id: 'vnpt',
  name: 'VNPT',
  credentials: ['clientId', 'clientSecret'],
  create: (_account, { clientId = '', clientSecret = '' }, dependencies) =>
    createVnptSandbox(dependencies, { clientId, clientSecret }),
});

/** The stand-in of VNPT: client credentials with refresh, Spring pages. That it says so is made up, not what it says. */
function createVnptSandbox(
  { seed, createToken }: SandboxDependencies,
  credentials: { readonly clientId: string; readonly clientSecret: string },
): SandboxUpstream {
  const tokens = new TokenBook(createToken);
  const refreshTokens = new TokenBook(createToken);
  const basic = Buffer.from(`${credentials.clientId}:${credentials.clientSecret}`).toString('base64');

  const signIn = (request: SandboxRequest, now: Date): SandboxAnswer => {
    if (request.headers.authorization !== `Basic ${basic}`) return { status: 401, body: { error: 'invalid_client' } };
    const form = new URLSearchParams(request.body);
    const grant = form.get('grant_type');
    if (grant === 'refresh_token') {
      const used = form.get('refresh_token') ?? '';
      if (!refreshTokens.holds(used, now)) return { status: 400, body: { error: 'invalid_grant' } };
      refreshTokens.revoke(used);
    } else if (grant !== 'client_credentials') {
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    }
    const body = {
      access_token: tokens.issue(now, TOKEN_LIFE_MS),
      refresh_token: refreshTokens.issue(now, 4 * TOKEN_LIFE_MS),
      token_type: 'bearer',
      expires_in: TOKEN_LIFE_MS / 1000,
    };
    return { status: 200, body };
  };

  return {
    id: 'vnpt',
    connector: 'vnpt',
    prefix: '/vnpt',
    isSignIn: ({ path }) => path === '/oauth/token',
    killSessions: () => tokens.revokeAll(),
    errorInside: () => ({ timestamp: 0, status: 500, error: 'Internal Server Error' }),
    recodeSuccess: (body) => {
      const { number, totalPages, totalElements, ...rest } = body as Record<string, Json>;
      return { ...rest, number: `${number}`, totalPages: `${totalPages}`, totalElements: `${totalElements}` };
    },
    withoutEnd: (body) => ({ ...(body as object), totalPages: 1_000_000, totalElements: 50_000_000, last: false }),
    answer(request, moment): SandboxAnswer {
      if (request.path === '/oauth/token') return signIn(request, moment.now);
      if (!tokens.holds(request.headers.authorization?.replace(/^Bearer /, ''), moment.now)) {
        return { status: 401, body: { error: 'invalid_token' } };
      }
      if (request.path === '/api/v1/systems')
        return { ...page(request, systems(moment, seed)), records: systemRecords };
      if (request.path === '/api/v1/health') {
        return { ...page(request, healthRows(request, moment, seed)), records: healthRecords };
      }
      return { status: 404, body: { status: 404, error: 'Not Found' } };
    },
  };
}

function systems({ now, arrange }: SandboxMoment, seed: number): readonly Json[] {
  const rows = vendorSystemsAt('VNPT', now, seed).map((row) => ({
    id: `${row.province}-${row.system}`,
    provinceCode: row.province,
    systemCode: row.system,
    partners: [...row.partners],
    status: words.get(row.status) ?? '',
    note: row.note?.normalize('NFD') ?? null,
    updatedAt: row.updatedAt.toISOString(),
    incident: row.incident && {
      description: row.incident.description,
      openedAt: row.incident.openedAt.toISOString(),
      closedAt: row.incident.closedAt?.toISOString() ?? null,
    },
    _sandbox: { simulated: true, ...(row.document && { document: row.document }) },
  }));
  return arrange<Json>(rows.sort((a, b) => (a.id < b.id ? -1 : 1)));
}

function healthRows(request: SandboxRequest, { now, arrange }: SandboxMoment, seed: number): readonly Json[] {
  const from = new Date(request.query.get('from') ?? 0);
  const rows = vendorHealthAt('VNPT', now, seed, from).map(({ province, system, measuredAt, ...values }) => ({
    provinceCode: province,
    systemCode: system,
    measuredAt: measuredAt.toISOString(),
    ...values,
    remark: null,
    _sandbox: { simulated: true },
  }));
  return arrange<Json>(rows);
}

function page(request: SandboxRequest, list: readonly Json[]): SandboxAnswer {
  const size = Number(request.query.get('size') ?? 20);
  const number = Number(request.query.get('page') ?? 0);
  const content = list.slice(number * size, (number + 1) * size);
  const totalPages = Math.ceil(list.length / size);
  const last = number + 1 >= totalPages;
  const frame = { number, size, numberOfElements: content.length, totalElements: list.length, totalPages, last };
  return { status: 200, body: { content, ...frame } };
}
