import type { Json } from '../../../schema/kinds/fact-kind.ts';

export interface SandboxRequest {
  readonly method: string;
  /** Below the upstream's prefix. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface SandboxAnswer {
  readonly status: number;
  /** A list for a header that stands several times. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: Json;
  /** How the body is sent, once faults have done their work on it. Default JSON. */
  readonly encode?: BodyEncoder;
  /** Set where the body carries records, so that faults can touch them. */
  readonly records?: RecordsInBody;
}

/** The body as it goes over the wire. A body that is not of the form it expects (an error inside) is to be sent as JSON. */
export type BodyEncoder = (body: Json) => EncodedBody | Promise<EncodedBody>;
export interface EncodedBody {
  /** Content-Type. */
  readonly type: string;
  readonly payload: string | Buffer;
}

/** Where the records stand in a body, and how each fault of this upstream looks. */
export interface RecordsInBody {
  get(body: Json): Json[];
  /** The body with other records and everything else as it was, counts included. */
  set(body: Json, records: Json[]): Json;
  /** A text member that a contract bounds. */
  readonly textField: string;
  /** The member whose code a map translates; undefined where the records have none. */
  readonly statusField?: string;
  /** A member that the contract requires, and a value of another type for it. */
  readonly retyped: readonly [field: string, value: Json];
}

/** What the moment asks of an answer beyond the facts. */
export interface SandboxMoment {
  readonly now: Date;
  /** Whether a fault sets the clock wrong: what is said then is not to be remembered as said. */
  readonly isClockOff?: boolean;
  /** Applied to the whole list before it is cut into pages: it may double, reorder or leave out. */
  readonly arrange: <T>(list: readonly T[]) => readonly T[];
}

/** A stand-in for one upstream: its facts, its ways of signing in, asking and failing. Keeps sessions in memory only. */
export interface SandboxUpstream {
  /** The source that reads it, e.g. `lgsp-01`. */
  readonly id: string;
  /** The connector, so that faults can be asked for by it too. */
  readonly connector: string;
  /** First part of the path, e.g. `/lgsp/01`. */
  readonly prefix: string;
  isSignIn(request: SandboxRequest): boolean;
  answer(request: SandboxRequest, moment: SandboxMoment): SandboxAnswer;
  /** All sessions and tokens die without notice. */
  killSessions(): void;
  /** Forgets what clients have told it, e.g. which messages they took. Undefined where they tell it nothing. */
  forget?(): void;
  /** HTTP 200 with an error inside. */
  errorInside(): Json;
  /** The body of a success with its success code in the other type (0 and "00"). */
  recodeSuccess(body: Json): Json;
  /** The body of a page with a next page that never ends. */
  withoutEnd(body: Json): Json;
}

export interface SandboxDependencies {
  readonly seed: number;
  /** Gives a new session or token. */
  readonly createToken: () => string;
  /** How much faster than the real time the clock of the sandbox runs; undefined for 1. */
  readonly clockSpeed?: number;
}

/** The JSON object in a body; empty for anything else. */
export function parseObject(body: string): Record<string, Json> {
  try {
    const parsed: unknown = JSON.parse(body);
    return parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)
      ? (parsed as Record<string, Json>)
      : {};
  } catch {
    return {};
  }
}

/** Records of a member of the body, at a path such as `['Data', 'Connections']`. */
export function recordsAt(
  path: readonly string[],
  fields: Pick<RecordsInBody, 'textField' | 'statusField' | 'retyped'>,
): RecordsInBody {
  const read = (body: Json, [first, ...rest]: readonly string[]): Json =>
    first === undefined ? body : read((body as Record<string, Json>)[first] as Json, rest);
  const write = (body: Json, [first, ...rest]: readonly string[], records: Json[]): Json =>
    first === undefined
      ? records
      : {
          ...(body as Record<string, Json>),
          [first]: write((body as Record<string, Json>)[first] as Json, rest, records),
        };
  return { ...fields, get: (body) => read(body, path) as Json[], set: (body, records) => write(body, path, records) };
}
