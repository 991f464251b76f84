import { type DestinationStream, pino } from 'pino';
import type { Logger } from '../lib/logger.ts';
import { redactSecrets } from '../lib/redact-secrets.ts';

export interface LoggerOptions {
  readonly level: string;
  /** Stands in each line, e.g. the role of the process. */
  readonly name?: string;
  /** Default standard error, so that what the command line prints stays clean. */
  readonly destination?: DestinationStream;
}

/** Names of values that are never logged, wherever in the details they stand; the rest is caught in the text. */
const SECRET_NAMES = [
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  'apiKey',
  'clientSecret',
  'credentials',
];

/**
 * Structured JSON, one line an event, with an ISO time. Secrets are removed twice: by the names of the values, and by
 * what the finished line looks like, so that one in a message, a stack or an address does not pass either.
 */
export function createLogger({ level, name = 'lienthong', destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      name,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
      redact: { paths: SECRET_NAMES.flatMap((secret) => [secret, `*.${secret}`]), censor: '[secret]' },
      hooks: { streamWrite: redactSecrets },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}
