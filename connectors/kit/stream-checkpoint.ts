import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { HttpAnswer, HttpRequest } from './http/http-types.ts';
import { type SnapshotMemory, snapshotMemory } from './snapshot-diff.ts';

/** What a stream keeps between pages and runs. */
export interface StreamCheckpoint {
  readonly contractVersion: string;
  /** What the paginator remembers. */
  readonly memory?: Json;
  /** Where to go on: set while a read is under way, gone once it is through. `state` null: all pages are stored. */
  readonly resume?: { readonly state: Json; readonly startedAt: string };
  /** By request: what makes the next one conditional, and when it was last answered in full. */
  readonly validators?: Readonly<Record<string, Validator>>;
  /** For streams that are compared with the snapshot before. */
  readonly snapshot?: SnapshotMemory;
}

export interface Validator {
  readonly etag?: string;
  readonly lastModified?: string;
  readonly fullAt: string;
}

/** A read that was cut off longer ago is begun anew: its upstream has moved on. */
const RESUME_WITHIN_MS = 15 * 60_000;
const MAX_VALIDATORS = 16;

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
const shape = z.object({
  contractVersion: z.string(),
  memory: json.optional(),
  resume: z.object({ state: json, startedAt: z.iso.datetime() }).optional(),
  validators: z
    .record(
      z.string(),
      z.object({ etag: z.string().optional(), lastModified: z.string().optional(), fullAt: z.iso.datetime() }),
    )
    .optional(),
  snapshot: snapshotMemory.optional(),
});

/**
 * The checkpoint of a stream as stored. One of another contract keeps only nothing: what was read by the old contract is
 * read again by the new one. A resume point that is too old is dropped.
 */
export function parseCheckpoint(stored: Json | undefined, contractVersion: string, now: Date): StreamCheckpoint {
  const parsed = shape.safeParse(stored).data;
  if (!parsed || parsed.contractVersion !== contractVersion) return { contractVersion };
  const isFresh = parsed.resume && now.getTime() - Date.parse(parsed.resume.startedAt) <= RESUME_WITHIN_MS;
  const { resume, ...rest } = parsed;
  return isFresh ? { ...rest, resume: resume as NonNullable<StreamCheckpoint['resume']> } : rest;
}

/** The name of a request among the validators. */
function requestKey(request: HttpRequest): string {
  return `${request.path}?${new URLSearchParams(
    Object.entries(request.query ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  )}`;
}

/** The request with If-None-Match or If-Modified-Since, where it was answered in full not longer ago than that. */
export function makeConditional(
  request: HttpRequest,
  checkpoint: StreamCheckpoint,
  refreshAfterMs: number,
  now: Date,
): HttpRequest {
  const validator = checkpoint.validators?.[requestKey(request)];
  if (!validator || now.getTime() - Date.parse(validator.fullAt) >= refreshAfterMs) return request;
  const condition: Record<string, string> = validator.etag
    ? { 'If-None-Match': validator.etag }
    : { 'If-Modified-Since': validator.lastModified as string };
  return { ...request, headers: { ...request.headers, ...condition } };
}

/** The checkpoint with the validator of a full answer; the oldest go when there are too many. */
export function rememberValidator(
  checkpoint: StreamCheckpoint,
  request: HttpRequest,
  answer: Pick<HttpAnswer, 'headers'>,
  now: Date,
): StreamCheckpoint {
  const { etag, 'last-modified': lastModified } = answer.headers;
  const { [requestKey(request)]: _replaced, ...others } = checkpoint.validators ?? {};
  const fullAt = now.toISOString();
  const validator = etag ? { etag, fullAt } : lastModified ? { lastModified, fullAt } : undefined;
  const validators = Object.entries({ ...others, ...(validator && { [requestKey(request)]: validator }) });
  return { ...checkpoint, validators: Object.fromEntries(validators.slice(-MAX_VALIDATORS)) };
}
