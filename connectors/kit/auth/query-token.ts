import { aText, checkOptions, type OptionChecks } from '../check-options.ts';
import type { AuthKind } from './auth.ts';

export interface QueryTokenOptions {
  /** The parameter of the query that carries the token. Default `token`. */
  readonly parameter?: string;
}

const CHECKS: OptionChecks<QueryTokenOptions> = { parameter: aText.optional() };

/**
 * A token in the query string, from the credential `token`. It is put in at the very last, so that it stands in no
 * request that is logged, kept as raw or remembered as a validator; a link that brings one
 * loses it before it is kept, and gets the current one.
 */
export function queryToken(options: QueryTokenOptions = {}): AuthKind {
  checkOptions('query-token', CHECKS, options);
  const { parameter = 'token' } = options;
  return {
    name: 'query-token',
    credentials: ['token'],
    queryParameter: parameter,
    authorize: async (request, { credentials }) => ({
      request: { ...request, query: { ...request.query, [parameter]: credentials.token ?? '' } },
    }),
  };
}
