import * as z from 'zod';
import type { ObservationDetail } from '../../schema/observation.ts';
import { parseLocalTime } from './local-time.ts';

/** Text for people: NFC, trimmed, bounded, so that a field of megabytes is one rejected record and not a full disk. */
export const text = (maxLength = 4000) =>
  z
    .string()
    .max(maxLength)
    .transform((value) => value.normalize('NFC').trim());

/** A two-digit province code. */
export const provinceCode = z.string().regex(/^\d{2}$/, 'is no two-digit province code');

/** An upper-case code of a system, vendor, criterion or target. */
export const code = z.string().regex(/^[A-Z][A-Z0-9_-]{1,63}$/, 'is no code');

/** A non-negative whole number that the upstream sends as text. */
export const wholeNumberText = z
  .string()
  .regex(/^\d{1,12}$/, 'is no whole number as text')
  .transform(Number);

/** A number, with a decimal point where it has a fraction, that the upstream sends as text. */
export const decimalText = z
  .string()
  .regex(/^-?\d{1,12}(\.\d{1,9})?$/, 'is no number as text')
  .transform(Number);

/** Whole seconds since 1970. */
export const epochSeconds = z
  .number()
  .int()
  .min(0)
  .max(4_102_444_800, 'is no time in seconds')
  .transform((value) => new Date(value * 1000));

/** Whole milliseconds since 1970. Seconds by mistake would be a day of January 1970, so they are refused. */
export const epochMilliseconds = z
  .number()
  .int()
  .min(100_000_000_000, 'is no time in milliseconds')
  .max(4_102_444_800_000, 'is no time in milliseconds')
  .transform((value) => new Date(value));

/** `yyyyMMddHHmmss` in Asia/Ho_Chi_Minh; "" is none. */
export const localTimeText = z.string().transform((value, context) => {
  if (value === '') return null;
  const moment = parseLocalTime(value);
  if (!moment) {
    context.issues.push({ code: 'custom', message: 'is no local time yyyyMMddHHmmss', input: value });
    return z.NEVER;
  }
  return moment;
});

/** RFC 3339 with an explicit zone. */
export const zonedTime = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

/** A boolean that comes as the text `True` or `False`. */
export const booleanText = z.enum(['True', 'False']).transform((value) => value === 'True');

/** Set by the sandbox only: what of an answer is made up, and which document the rest comes from. */
export const sandboxMarker = z.object({
  simulated: z.boolean().optional(),
  inferred: z.boolean().optional(),
  document: z.string().optional(),
});
export type SandboxMarker = z.infer<typeof sandboxMarker>;

/** The provenance that a marker gives; empty for a real upstream, which sends none. */
export function markerDetail(marker: SandboxMarker | undefined): ObservationDetail {
  return Object.fromEntries(Object.entries(marker ?? {}).filter(([, value]) => value !== undefined && value !== false));
}
