import * as z from 'zod';
import { aText, checkOptions, type OptionChecks } from '../check-options.ts';
import { type AuthKind, withHeaders } from './auth.ts';

export interface ApiKeyOptions {
  /** The header that carries the key, e.g. `X-API-Key`. */
  readonly header: string;
  /** Put before the key, e.g. `ApiKey `. Default nothing. */
  readonly prefix?: string;
}

const CHECKS: OptionChecks<ApiKeyOptions> = {
  header: aText,
  prefix: z.string().optional(),
};

/** A key in a header, from the credential `apiKey`. */
export function apiKey(options: ApiKeyOptions): AuthKind {
  checkOptions('api-key', CHECKS, options);
  return {
    name: 'api-key',
    credentials: ['apiKey'],
    authorize: async (request, { credentials }) => ({
      request: withHeaders(request, { [options.header]: `${options.prefix ?? ''}${credentials.apiKey}` }),
    }),
  };
}
