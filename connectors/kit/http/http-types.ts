import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { ConnectorError } from '../connector-error.ts';
import type { AnswerBody } from './answer-body.ts';

/** A request as a paginator or a sign-in asks for it. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Below the source's base URL; or a whole URL of the same origin, as links to a next page may be. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: Json;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** The Accept header. Default `application/json`. */
  readonly accept?: string;
}

/** An answer to a sign-in, whose body is complete and decompressed. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Set-Cookie headers, each as it came. */
  readonly setCookies: readonly string[];
  readonly body: Buffer;
}

/** An answer with data, which may be large. */
export interface DataAnswer extends Omit<HttpAnswer, 'body'> {
  readonly body: AnswerBody;
}

/** The body exactly as it is sent, e.g. to be signed; empty for none. */
export function requestBody({ form, json }: HttpRequest): string {
  if (form) return new URLSearchParams(form).toString();
  return json === undefined ? '' : JSON.stringify(json);
}

/**
 * The URL of a request, with its query. Throws UPSTREAM_CONTRACT where its path is a URL of another server: credentials
 * go nowhere else than to the source's own address.
 */
export function requestUrl(baseUrl: string, { path, query }: HttpRequest): URL {
  const isWhole = /^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('//');
  const url = isWhole ? new URL(path, baseUrl) : new URL(baseUrl.replace(/\/$/, '') + path);
  if (url.origin !== new URL(baseUrl).origin) {
    throw ConnectorError.of('contract', 'The upstream points to another server for its next page.');
  }
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, String(value));
  return url;
}
