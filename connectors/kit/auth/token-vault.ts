import { ConnectorError, type ConnectorErrorCode } from '../connector-error.ts';
import type { Token } from './token-slot.ts';

/** Another worker's sign-in failed, for which this one waited. It is counted where it was tried, and not here again. */
export class SharedSignInError extends ConnectorError {
  constructor(code: ConnectorErrorCode, userMessage: string) {
    super(code, userMessage, `another worker's sign-in failed: ${code}`);
    this.name = 'SharedSignInError';
  }
}

/** The session of one upstream that all workers share. */
export interface TokenVault {
  /**
   * The session to use in place of `refused`: a newer one that another worker has got, or what `renew` gives. However
   * many ask at once, in however many processes, one renewal runs; where it fails all who waited for it
   * fail with a {@link SharedSignInError}.
   * `renew` gets the session before it, whose refresh token may serve. Ends when the signal aborts.
   */
  renewed(
    refused: Token | undefined,
    renew: (previous: Token | undefined) => Promise<Token>,
    signal: AbortSignal,
  ): Promise<Token>;
}
