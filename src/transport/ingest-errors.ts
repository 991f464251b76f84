import type { Response } from 'express';
import { HubError, PushRefusedError, RateLimitError } from '../errors/index.ts';
import type { FormatError } from '../live/operation.ts';

/** HTTP status by code; 400 for the rest of what a sender can do wrong. */
const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  LIMIT_DOCUMENT_SIZE: 413,
  LIMIT_RATE: 429,
  UNAVAILABLE: 503,
  TIMEOUT: 503,
  INTERNAL_SERVER_ERROR: 500,
};
const REFUSALS = { 'media-type': 415, unreadable: 400, records: 422 } as const;
const RETRY_SECONDS = 5;

/** The same for every sender whom nobody knows, so that it tells nothing of which sources there are. */
const WHO_ARE_YOU =
  'Nobody knows who sends this. Send a key of role source as "Authorization: Bearer lt_…", or sign the raw body as agreed, with the current time.';

function statusOf(error: unknown, code: string): number {
  if (error instanceof PushRefusedError) return REFUSALS[error.refusal];
  // Two that met in the database. A sender takes 409 for its last word, and this passes when it is sent again.
  if (code === 'CONFLICT' && error instanceof HubError && error.retryable) return 503;
  return STATUS[code] ?? 400;
}

/** Answers `{ error: { code, message, details } }`, masked as every error of the hub is. */
export function sendIngestError(response: Response, error: unknown, formatError: FormatError): void {
  const { message, extensions } = formatError(error);
  const { code: given, retryable: _retryable, ...details } = (extensions ?? {}) as Record<string, unknown>;
  const code = String(given ?? 'INTERNAL_SERVER_ERROR');
  const status = statusOf(error, code);
  if (status === 401) response.set('www-authenticate', 'Bearer realm="lienthong"');
  if (error instanceof RateLimitError) response.set('retry-after', String(error.retryAfterSeconds));
  else if (status === 503 || (error instanceof HubError && error.retryable)) {
    response.set('retry-after', String(RETRY_SECONDS));
  }
  const told = status === 401 ? WHO_ARE_YOU : message;
  response.status(status).json({ error: { code, message: told, ...(Object.keys(details).length > 0 && { details }) } });
}
