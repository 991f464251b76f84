import type { Json } from '../../../schema/kinds/fact-kind.ts';

/** A request as a paginator or a sign-in asks for it; paths are relative to the source's base URL. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: Json;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** What a success is read as: `csv` becomes a list of rows. Default `json`. */
  readonly format?: 'json' | 'csv';
}

/** An answer whose body is complete and decompressed. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
