import { ConnectorError } from '../connector-error.ts';
import type { Token } from './token-slot.ts';

/**
 * A new token, by the refresh token of the one before where there is one, else by signing in. A refresh token that is
 * dead too is no failure: the credentials still stand.
 */
export async function refreshFirst(
  previous: Token | undefined,
  refresh: ((refreshToken: string) => Promise<Token>) | undefined,
  signIn: () => Promise<Token>,
): Promise<Token> {
  if (refresh && previous?.refreshToken !== undefined) {
    try {
      return await refresh(previous.refreshToken);
    } catch (error) {
      if (!(error instanceof ConnectorError) || error.code !== 'UPSTREAM_CONFIGURATION') throw error;
    }
  }
  return signIn();
}
