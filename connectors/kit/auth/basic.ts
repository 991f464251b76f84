import { aText, checkOptions, type OptionChecks } from '../check-options.ts';
import { ConnectorError } from '../connector-error.ts';
import { type AuthKind, withHeaders } from './auth.ts';

export interface BasicOptions {
  /** Credential names of name and password; default `username` and `password`. */
  readonly username?: string;
  readonly password?: string;
}

const CHECKS: OptionChecks<BasicOptions> = {
  username: aText.optional(),
  password: aText.optional(),
};

/**
 * HTTP Basic (RFC 7617) with each request, in UTF-8. A name with a colon cannot be sent that way: it is
 * UPSTREAM_CONFIGURATION, lest the upstream read its rest as the beginning of the password.
 */
export function basic(options: BasicOptions = {}): AuthKind {
  checkOptions('basic', CHECKS, options);
  const usernameName = options.username ?? 'username';
  const passwordName = options.password ?? 'password';
  return {
    name: 'basic',
    credentials: [usernameName, passwordName],
    async authorize(request, { credentials }) {
      const username = credentials[usernameName] ?? '';
      if (username.includes(':')) {
        throw ConnectorError.of(
          'configuration',
          `The credential ${usernameName} has a colon in it, which Basic sign-in cannot send; check its variable.`,
        );
      }
      const pair = Buffer.from(`${username}:${credentials[passwordName] ?? ''}`).toString('base64');
      return { request: withHeaders(request, { Authorization: `Basic ${pair}` }) };
    },
  };
}
