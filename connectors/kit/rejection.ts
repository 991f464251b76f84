import type * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { RejectedRecord } from './connector.ts';
import { redactRecord, redactText } from './redact.ts';

/** Of the record as JSON; larger ones keep their first members, with long texts cut. */
const MAX_RECORD_BYTES = 16 * 1024;
const MAX_TEXT_LENGTH = 500;
const MAX_REASON_LENGTH = 500;
/** Names of fields are the upstream's too. */
const MAX_PATH_LENGTH = 500;

export interface RejectionSetting {
  readonly stream: string;
  readonly contractVersion: string;
  /** Values of the source's credentials, which an upstream may echo. */
  readonly secrets: readonly string[];
}

export function createRejection(
  setting: RejectionSetting,
  record: unknown,
  reason: string,
  path?: string,
): RejectedRecord {
  return {
    stream: setting.stream,
    reason: redactText(reason, setting.secrets).slice(0, MAX_REASON_LENGTH),
    ...(path ? { path: redactText(path, setting.secrets).slice(0, MAX_PATH_LENGTH) } : {}),
    record: boundRecord(redactRecord((record ?? null) as Json, setting.secrets)),
    contractVersion: setting.contractVersion,
  };
}

/** The reason and place of the first thing that breaks the contract, and how many more there are. */
export function describeIssues(error: z.ZodError): { reason: string; path: string } {
  const [first, ...others] = error.issues;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const path = (first?.path ?? [])
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  return { reason: `${first?.message ?? 'does not match the contract'}${more}`, path: path.replace(/^\./, '') };
}

function boundRecord(record: Json): Json {
  if (sizeOf(record) <= MAX_RECORD_BYTES) return record;
  const cut = cutTexts(record);
  if (sizeOf(cut) <= MAX_RECORD_BYTES) return cut;
  return { cut: true, beginning: JSON.stringify(cut).slice(0, MAX_RECORD_BYTES / 4) };
}

function cutTexts(value: Json): Json {
  if (typeof value === 'string') {
    return value.length <= MAX_TEXT_LENGTH ? value : `${value.slice(0, MAX_TEXT_LENGTH)}… (${value.length} characters)`;
  }
  if (Array.isArray(value)) return value.map(cutTexts);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cutTexts(member)]));
}

const sizeOf = (value: Json): number => Buffer.byteLength(JSON.stringify(value));
