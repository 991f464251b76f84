import { HubError } from '../errors/hub-error.ts';
import { CancelledError, ConfigurationError, TimeoutError, UnavailableError } from '../errors/operation-errors.ts';
import { BadUserInputError, ConflictError } from '../errors/request-errors.ts';

type Translate = (cause: unknown) => HubError;

const unavailable: Translate = (cause) => new UnavailableError('The database', { cause });
const serialization: Translate = (cause) =>
  new ConflictError('Somebody else changed the same thing at that moment. Try again.', { cause, retryable: true });

/** SQLSTATE, or its class of two letters, to what it means for a caller. */
const BY_STATE: Readonly<Record<string, Translate>> = {
  '08': unavailable,
  '53': unavailable,
  '57P01': unavailable,
  '57P02': unavailable,
  '57P03': unavailable,
  '57P05': unavailable,
  '25P03': unavailable,
  // A standby that is not in charge yet, or a database that is closed for writing.
  '25006': unavailable,
  '40001': serialization,
  '40P01': serialization,
  '55P03': serialization,
  '57014': (cause) => new TimeoutError('The query', undefined, { cause }),
  '22': (cause) => new BadUserInputError('A value does not have the form that it must have.', {}, { cause }),
  '23505': (cause) => new ConflictError('There is one already.', { cause }),
  '23': (cause) => new ConflictError('That does not fit what is stored.', { cause }),
  '28': (cause) => new ConfigurationError('The database refuses the user or password of DATABASE_URL.', { cause }),
  '3D000': (cause) =>
    new ConfigurationError('The database that DATABASE_URL names does not exist. Create it.', { cause }),
};

/** Errors of the connection itself, by Node's code or by the driver's words, which has no codes. */
const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);
const CONNECTION_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Cannot use a pool after calling end|server closed the connection|Connection ended/i;

/**
 * What a caller may know of an error of the database: ours by SQLSTATE, never with a text of SQL or data in the
 * message (they stay in `cause`). Errors that are ours already, and those that no rule knows (mistakes in our own SQL),
 * come back as they are; the latter are masked at the edge.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof HubError) return error;
  if (error instanceof Error && error.name === 'AbortError') return new CancelledError('The query', { cause: error });
  const { code, message } = rootOf(error);
  if (code !== undefined) {
    const translate = BY_STATE[code] ?? (/^[0-9A-Z]{5}$/.test(code) ? BY_STATE[code.slice(0, 2)] : undefined);
    if (translate) return translate(error);
    if (CONNECTION_CODES.has(code)) return unavailable(error);
  }
  return CONNECTION_WORDS.test(message) ? unavailable(error) : error;
}

/** Whether a server is there and takes no connection just now: all are in use, or it starts. */
export function isTakingNobody(error: unknown): boolean {
  const { code } = rootOf(error instanceof HubError ? error.cause : error);
  return code === '53300' || code === '57P03';
}

/** The ORM wraps the driver's errors; node joins several attempts to connect into an AggregateError. */
function rootOf(error: unknown): { code?: string; message: string } {
  const { code, message, previous, errors } = (error ?? {}) as {
    code?: unknown;
    message?: unknown;
    previous?: unknown;
    errors?: unknown[];
  };
  if (typeof code === 'string') return { code, message: String(message ?? '') };
  if (previous) return rootOf(previous);
  if (errors?.[0]) return rootOf(errors[0]);
  return { message: String(message ?? '') };
}
