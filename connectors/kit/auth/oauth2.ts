import * as z from 'zod';
import { aMargin, aText, checkOptions, type OptionChecks } from '../check-options.ts';
import { type AuthKind, type AuthSetup, withHeaders } from './auth.ts';
import { refreshFirst } from './refresh-first.ts';
import { readTokenAnswer } from './token-answer.ts';
import type { Token } from './token-slot.ts';

export interface OAuth2Options {
  /** Relative to the base URL. */
  readonly tokenPath: string;
  /** Credential names of client id and secret; default `clientId` and `clientSecret`. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Where the client's name and secret stand: Basic header (default) or the form. */
  readonly clientIn?: 'header' | 'form';
  /** Whether the upstream gives refresh tokens that are to be used before asking anew. Default false. */
  readonly refresh?: boolean;
  /** How long before its end a token counts as expired, so that it does not die on the way. Default 30 s. */
  readonly earlyMs?: number;
}

const CHECKS: OptionChecks<OAuth2Options> = {
  tokenPath: aText,
  clientId: aText.optional(),
  clientSecret: aText.optional(),
  clientIn: z.enum(['header', 'form']).optional(),
  refresh: z.boolean().optional(),
  earlyMs: aMargin.optional(),
};

/** OAuth 2 client credentials. A token that is revoked before its time is renewed when the upstream refuses it. */
export function oauth2ClientCredentials(options: OAuth2Options): AuthKind {
  checkOptions('oauth2', CHECKS, options);
  const idName = options.clientId ?? 'clientId';
  const secretName = options.clientSecret ?? 'clientSecret';

  const request = async (setup: AuthSetup, grant: Record<string, string>): Promise<Token> => {
    const id = setup.credentials[idName] ?? '';
    const secret = setup.credentials[secretName] ?? '';
    const inForm = options.clientIn === 'form';
    const answer = await setup.signIn({
      method: 'POST',
      path: options.tokenPath,
      headers: inForm ? {} : { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      form: inForm ? { ...grant, client_id: id, client_secret: secret } : grant,
    });
    return readTokenAnswer(answer, setup.monotonicMs(), options.earlyMs);
  };

  const renew = (setup: AuthSetup, previous: Token | undefined): Promise<Token> =>
    refreshFirst(
      previous,
      options.refresh ? (token) => request(setup, { grant_type: 'refresh_token', refresh_token: token }) : undefined,
      () => request(setup, { grant_type: 'client_credentials' }),
    );

  return {
    name: 'oauth2-client-credentials',
    credentials: [idName, secretName],
    async authorize(asked, setup) {
      const token = await setup.slot.get(setup.monotonicMs(), (previous) => renew(setup, previous), setup.signal);
      return { request: withHeaders(asked, { Authorization: `Bearer ${token.value}` }), token };
    },
  };
}
