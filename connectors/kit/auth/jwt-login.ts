import { decodeJwt, type JWTPayload } from 'jose';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aFunction, aMargin, checkOptions, type OptionChecks, someNames } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import { signInJson } from '../formats/json.ts';
import type { HttpAnswer, HttpRequest } from '../http/http-types.ts';
import { type AuthKind, type AuthSetup, withHeaders } from './auth.ts';
import { refreshFirst } from './refresh-first.ts';
import { expiry } from './token-expiry.ts';
import type { Token } from './token-slot.ts';

export interface JwtLoginOptions {
  readonly credentials: readonly string[];
  readonly login: (credentials: Readonly<Record<string, string>>) => HttpRequest;
  /** Exchanges a refresh token for new tokens; undefined: log in again each time. */
  readonly refresh?: (refreshToken: string) => HttpRequest;
  /** The tokens in an answer; undefined where there are none. */
  readonly tokensOf: (body: Json) => { readonly access: string; readonly refresh?: string | undefined } | undefined;
  /** How long before its end a token is renewed, so that it does not die on the way. Default 30 s. */
  readonly earlyMs?: number;
}

const CHECKS: OptionChecks<JwtLoginOptions> = {
  credentials: someNames,
  login: aFunction,
  refresh: aFunction.optional(),
  tokensOf: aFunction,
  earlyMs: aMargin.optional(),
};

/**
 * A login that gives a JSON Web Token, sent as `Authorization: Bearer`. How long it lives is read from the token itself
 * (`exp`), whose signature is the upstream's affair. It is refreshed before its end; where the refresh token is dead too,
 * the hub logs in again. One renewal runs for all.
 */
export function jwtLogin(options: JwtLoginOptions): AuthKind {
  checkOptions('jwt-login', CHECKS, options);
  const request = async (setup: AuthSetup, asked: HttpRequest): Promise<Token> => {
    const answer = await setup.signIn(asked);
    const tokens = options.tokensOf(await signInJson(answer));
    if (!tokens) throw ConnectorError.of('system', "The upstream's login answer holds no token.");
    const lifeMs = lifeOf(readClaims(tokens.access), answer, setup);
    return {
      value: tokens.access,
      refreshToken: tokens.refresh,
      expiresAtMs: lifeMs === undefined ? undefined : expiry(lifeMs, setup.monotonicMs(), options.earlyMs),
    };
  };
  return {
    name: 'jwt-login',
    credentials: options.credentials,
    async authorize(asked, setup) {
      const { refresh } = options;
      const renew = (previous: Token | undefined): Promise<Token> =>
        refreshFirst(previous, refresh && ((refreshToken) => request(setup, refresh(refreshToken))), () =>
          request(setup, options.login(setup.credentials)),
        );
      const token = await setup.slot.get(setup.monotonicMs(), renew, setup.signal);
      return { request: withHeaders(asked, { Authorization: `Bearer ${token.value}` }), token };
    },
  };
}

function readClaims(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    throw ConnectorError.of('system', "The upstream's login answer holds a token that is no JSON Web Token.");
  }
}

/**
 * How long the token lives from now on; undefined where it does not say. Counted from the upstream's own word of when it
 * was issued, else from the Date of the answer, else by the clock of the domain: so a clock that differs does no harm.
 */
function lifeOf({ exp, iat }: JWTPayload, { headers }: HttpAnswer, setup: AuthSetup): number | undefined {
  if (exp === undefined) return undefined;
  const told = Date.parse(headers.date ?? '');
  const issuedMs = iat === undefined ? (Number.isNaN(told) ? setup.domainNow().getTime() : told) : iat * 1000;
  return Math.max(0, exp * 1000 - issuedMs);
}
