import { TokenBook } from './token-book.ts';
import { parseObject, type SandboxAnswer, type SandboxRequest } from './upstream.ts';

/** Ways of signing in that need no more than a few lines at a stand-in. */
export type PlainSignInKind = 'none' | 'api-key' | 'basic' | 'bearer' | 'query-token' | 'oauth2' | 'session';

export interface PlainSignIn {
  isSignIn(request: SandboxRequest): boolean;
  /** The answer to a sign-in, or the refusal of who is not signed in; undefined: go on. */
  guard(request: SandboxRequest, now: Date): SandboxAnswer | undefined;
  killSessions(): void;
}

/** By the clock of the sandbox. */
const TOKEN_LIFE_MS = 6 * 3_600_000;
const REFUSED: SandboxAnswer = { status: 401, body: { code: 'UNAUTHORIZED', message: 'Who are you?' } };

/** The other side of the auth kinds of the same names, with `secrets` as the credentials that they ask for. */
export function plainSignIn(
  kind: PlainSignInKind,
  secrets: Readonly<Record<string, string>>,
  createToken: () => string,
): PlainSignIn {
  const tokens = new TokenBook(createToken);
  const { apiKey = '', token = '', username = '', password = '', clientId = '', clientSecret = '' } = secrets;
  const basic = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
  const path = { oauth2: '/oauth/token', session: '/login' }[kind as 'oauth2' | 'session'];

  const logIn = ({ headers, body }: SandboxRequest, now: Date): SandboxAnswer => {
    const given = parseObject(body);
    const isKnown =
      kind === 'oauth2'
        ? headers.authorization === basic(clientId, clientSecret)
        : given.username === username && given.password === password;
    if (!isKnown) return REFUSED;
    const issued = tokens.issue(now, kind === 'oauth2' ? TOKEN_LIFE_MS : undefined);
    return kind === 'oauth2'
      ? { status: 200, body: { access_token: issued, token_type: 'bearer', expires_in: TOKEN_LIFE_MS / 1000 } }
      : { status: 200, body: { session: issued } };
  };
  const holds: Record<PlainSignInKind, (request: SandboxRequest, now: Date) => boolean> = {
    none: () => true,
    'api-key': ({ headers }) => headers['x-api-key'] === apiKey,
    basic: ({ headers }) => headers.authorization === basic(username, password),
    bearer: ({ headers }) => headers.authorization === `Bearer ${token}`,
    'query-token': ({ query }) => query.get('token') === token,
    oauth2: ({ headers }, now) => tokens.holds(headers.authorization?.replace(/^Bearer /, ''), now),
    session: ({ headers }, now) => tokens.holds(headers['x-session'], now),
  };
  return {
    isSignIn: (request) => path !== undefined && request.path === path,
    guard(request, now) {
      if (path !== undefined && request.path === path) return logIn(request, now);
      return holds[kind](request, now) ? undefined : REFUSED;
    },
    killSessions: () => tokens.revokeAll(),
  };
}
