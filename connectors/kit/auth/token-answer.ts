import * as z from 'zod';
import { ConnectorError } from '../connector-error.ts';
import { signInJson } from '../formats/json.ts';
import type { HttpAnswer } from '../http/http-types.ts';
import { expiry } from './token-expiry.ts';
import type { Token } from './token-slot.ts';

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  /** Some upstreams send it as text. */
  expires_in: z.coerce.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
});

/**
 * The token in an answer of the form of OAuth 2. `earlyMs`: how long before its end it counts as expired. Throws
 * UPSTREAM_SYSTEM for an answer that holds no token.
 */
export async function readTokenAnswer(answer: HttpAnswer, nowMs: number, earlyMs?: number): Promise<Token> {
  const parsed = tokenAnswer.safeParse(await signInJson(answer));
  if (!parsed.success) throw ConnectorError.of('system', "The upstream's token answer holds no token.");
  const { access_token: value, expires_in: seconds, refresh_token: refreshToken } = parsed.data;
  return {
    value,
    refreshToken,
    expiresAtMs: seconds === undefined ? undefined : expiry(seconds * 1000, nowMs, earlyMs),
  };
}
