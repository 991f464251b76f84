import * as z from 'zod';
import { ConnectorError } from '../connector-error.ts';
import { decodeJson } from '../http/decode-json.ts';
import type { HttpAnswer } from '../http/http-types.ts';
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
export function readTokenAnswer(answer: HttpAnswer, nowMs: number, earlyMs: number): Token {
  const parsed = tokenAnswer.safeParse(decodeJson(answer));
  if (!parsed.success) throw ConnectorError.of('system', "The upstream's token answer holds no token.");
  const { access_token: value, expires_in: seconds, refresh_token: refreshToken } = parsed.data;
  return { value, refreshToken, expiresAtMs: expiry(seconds, nowMs, earlyMs) };
}

/** A short-lived token keeps at least half of its life, so that the margin does not make it be born dead. */
function expiry(seconds: number | undefined, nowMs: number, earlyMs: number): number | undefined {
  if (seconds === undefined) return undefined;
  const lifeMs = seconds * 1000;
  return nowMs + Math.max(lifeMs - earlyMs, lifeMs / 2);
}
