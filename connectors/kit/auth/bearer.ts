import { aText, checkOptions, type OptionChecks } from '../check-options.ts';
import { type AuthKind, withHeaders } from './auth.ts';

export interface BearerOptions {
  /** Credential name of the token; default `token`. */
  readonly token?: string;
}

const CHECKS: OptionChecks<BearerOptions> = {
  token: aText.optional(),
};

/** A token that the upstream has given out once and for all, as `Authorization: Bearer`. Nothing renews it. */
export function bearer(options: BearerOptions = {}): AuthKind {
  checkOptions('bearer', CHECKS, options);
  const tokenName = options.token ?? 'token';
  return {
    name: 'bearer',
    credentials: [tokenName],
    authorize: async (request, { credentials }) => ({
      request: withHeaders(request, { Authorization: `Bearer ${credentials[tokenName] ?? ''}` }),
    }),
  };
}
