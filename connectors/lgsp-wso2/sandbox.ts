import type { Json } from '../../schema/kinds/fact-kind.ts';
import { provinceLinksAt } from '../../seeds/june/links.ts';
import { lgspDialectOf } from '../../seeds/lgsp-dialects.ts';
import { targets } from '../../seeds/targets.ts';
import { formatLocalTime } from '../kit/index.ts';
import { perProvince } from '../kit/sandbox/per-province.ts';
import type { StandIn } from '../kit/sandbox/stand-in.ts';
import { TokenBook } from '../kit/sandbox/token-book.ts';
import {
  recordsAt,
  type SandboxAnswer,
  type SandboxDependencies,
  type SandboxMoment,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { stateCodes } from './contract.ts';

/** By the clock of the sandbox: at its default speed a token is renewed every two and a half seconds. */
const TOKEN_LIFE_MS = 3_600_000;

const records = recordsAt(['Data', 'Connections'], {
  textField: 'TargetName',
  statusField: 'TrangThai',
  retyped: ['LatencyMs', { ms: 12 }],
});
const targetNames = new Map(targets.map(({ code, name }) => [code, name]));
const words = wordsOf(stateCodes);

export const lgspWso2StandIn: StandIn = {
  connector: 'lgsp-wso2',
  ...perProvince({
    prefix: 'lgsp',
    serves: (province) => lgspDialectOf(province) === 'wso2',
    credentials: { consumerKey: 'CONSUMER_KEY', consumerSecret: 'CONSUMER_SECRET' },
    name: 'LGSP',
    settings: { schedule: { everySeconds: 10, jitterSeconds: 5 }, ttl: 'PT2M', precedence: { default: 10 } },
  }),
  create: ({ province = '' }, { consumerKey = '', consumerSecret = '' }, dependencies) =>
    createLgspSandbox(province, dependencies, { consumerKey, consumerSecret }),
  suite: {
    at: '2025-06-27T12:15:00+07:00',
    unmoved: ['session-dies', 'page-repeated', 'endless-next'],
    habits: ['booleans-as-text', 'local-times', 'empty-for-none', 'nfd'],
  },
};

/** The stand-in of one province's platform: client credentials, tokens that end, and the state of each connection. */
function createLgspSandbox(
  province: string,
  { seed, createToken }: SandboxDependencies,
  credentials: { readonly consumerKey: string; readonly consumerSecret: string },
): SandboxUpstream {
  const tokens = new TokenBook(createToken);
  const basic = Buffer.from(`${credentials.consumerKey}:${credentials.consumerSecret}`).toString('base64');

  const signIn = (authorization: string | undefined, form: URLSearchParams, now: Date): SandboxAnswer => {
    if (authorization !== `Basic ${basic}`) return { status: 401, body: { error: 'invalid_client' } };
    if (form.get('grant_type') !== 'client_credentials')
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    const token = tokens.issue(now, TOKEN_LIFE_MS);
    return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: 3600, scope: 'default' } };
  };

  return {
    id: `lgsp-${province}`,
    connector: 'lgsp-wso2',
    prefix: `/lgsp/${province}`,
    isSignIn: ({ path }) => path === '/token',
    killSessions: () => tokens.revokeAll(),
    errorInside: () => ({ Status: -1, Message: 'Hệ thống đang bận' }),
    recodeSuccess: (body) => ({ ...(body as object), Status: '1' }),
    // The platform gives all connections at once.
    withoutEnd: (body) => body,
    answer(request, moment) {
      const { authorization } = request.headers;
      if (request.path === '/token') return signIn(authorization, new URLSearchParams(request.body), moment.now);
      if (!tokens.holds(authorization?.replace(/^Bearer /, ''), moment.now)) {
        return { status: 401, body: { Status: -401, Message: 'Invalid Credentials' } };
      }
      if (request.path !== '/KetNoi/TrangThai') return { status: 404, body: { Status: -404, Message: 'Not Found' } };
      return { status: 200, body: connectionsOf(province, seed, moment), records };
    },
  };
}

function connectionsOf(province: string, seed: number, { now, arrange }: SandboxMoment): Json {
  const Connections = arrange(provinceLinksAt(now, seed, province)).map((link) => ({
    TargetCode: link.target,
    TargetName: (targetNames.get(link.target) ?? '').normalize('NFD'),
    TrangThai: Number(words.get(link.state)),
    IsConnected: link.state === 'DOWN' ? 'False' : 'True',
    LatencyMs: link.latencyMs === undefined ? '' : String(link.latencyMs),
    LastSuccess: link.lastSuccessAt ? formatLocalTime(link.lastSuccessAt) : '',
    Detail: link.detail ?? null,
    _sandbox: { simulated: true },
  }));
  const data = { ProvinceCode: province, CheckedAt: now.toISOString(), Total: Connections.length, Connections };
  return { Status: 1, Message: 'OK', Data: data };
}
