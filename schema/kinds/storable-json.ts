import type { Json } from './fact-kind.ts';

/** What `jsonb` refuses inside a string: NUL, and half of a surrogate pair. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/**
 * A copy that `jsonb` takes: strings in NFC, NUL and lone surrogates replaced by U+FFFD, what JSON does not know
 * (undefined, functions, infinities) left out or null. For records kept as evidence, where losing a character is better
 * than losing the record.
 */
export function storableJson(value: unknown): Json {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\ufffd').normalize('NFC');
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(storableJson);
  if (value === null || typeof value !== 'object') return null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [storableJson(name) as string, storableJson(member)]),
  );
}
