import * as z from 'zod';
import { aMargin, aText, checkOptions, type OptionChecks } from '../check-options.ts';
import { type AuthKind, withHeaders } from './auth.ts';
import { readTokenAnswer } from './token-answer.ts';

export interface HeaderEnvelopeOptions {
  /** Relative to the base URL. */
  readonly tokenPath: string;
  /** The header that carries the envelope, e.g. `lgspaccesstoken`. */
  readonly header: string;
  /** Members of the envelope in their order, and the credential that each holds. */
  readonly members: Readonly<Record<string, string>>;
  /** How long before its end a token counts as expired. Default 30 s. */
  readonly earlyMs?: number;
}

const CHECKS: OptionChecks<HeaderEnvelopeOptions> = {
  tokenPath: aText,
  header: aText,
  members: z.record(aText, aText).refine((members) => Object.keys(members).length > 0, 'of none signs nobody in'),
  earlyMs: aMargin.optional(),
};

/**
 * Keys that were issued together travel as Base64 of a JSON object in one header of the token request (a form with
 * `grant_type=client_credentials`); what comes back is a token as of OAuth 2, sent as Bearer until it ends or is refused.
 */
export function headerEnvelope(options: HeaderEnvelopeOptions): AuthKind {
  checkOptions('header-envelope', CHECKS, options);
  const { tokenPath, header, members, earlyMs } = options;
  const seal = (credentials: Readonly<Record<string, string>>): string => {
    const content = Object.entries(members).map(([member, name]) => [member, credentials[name] ?? '']);
    return Buffer.from(JSON.stringify(Object.fromEntries(content))).toString('base64');
  };
  return {
    name: 'header-envelope',
    credentials: Object.values(members),
    async authorize(request, setup) {
      const logIn = async () => {
        const answer = await setup.signIn({
          method: 'POST',
          path: tokenPath,
          headers: { [header]: seal(setup.credentials) },
          form: { grant_type: 'client_credentials' },
        });
        return readTokenAnswer(answer, setup.monotonicMs(), earlyMs);
      };
      const token = await setup.slot.get(setup.monotonicMs(), logIn, setup.signal);
      return { request: withHeaders(request, { Authorization: `Bearer ${token.value}` }), token };
    },
  };
}
