import { ConnectorError } from '../connector-error.ts';

/**
 * A body came whole and is not of its format: not its encoding, or broken in itself. It passes by itself more often than
 * not, so it may be asked for again; where it stays so, what it is the body of cannot be read by anybody.
 */
export class UnreadableError extends ConnectorError {
  /** `what`: e.g. `valid JSON`. */
  constructor(what: string, why?: string) {
    super(
      'UPSTREAM_SYSTEM',
      `The upstream's answer is not ${what}.`,
      `not ${what}${why === undefined ? '' : `: ${why}`}`,
    );
    this.name = 'UnreadableError';
  }
}
