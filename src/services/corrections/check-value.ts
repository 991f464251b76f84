import type { AttributeDefinition, AttributeType, Json } from '../../../schema/kinds/fact-kind.ts';

const MAX_TEXT_LENGTH = 10_000;
const MAX_INTEGER = 2_147_483_647;

const isText = (value: Json): value is string =>
  typeof value === 'string' && value.length <= MAX_TEXT_LENGTH && !value.includes('\0') && value.isWellFormed();

/** What each type takes, in words for the one who typed something else, and how it is stored. */
const TYPES: Readonly<
  Record<AttributeType, { wants: string; takes: (value: Json) => boolean; store?: (value: never) => Json }>
> = {
  text: {
    wants: `a text of at most ${MAX_TEXT_LENGTH} characters`,
    takes: isText,
    store: (text: string) => text.normalize('NFC'),
  },
  enum: { wants: 'one of its values', takes: isText },
  codes: {
    wants: 'a list of codes',
    takes: (value) => Array.isArray(value) && value.every((code) => isText(code) && code !== ''),
    store: (codes: string[]) => [...new Set(codes)].sort(),
  },
  integer: {
    wants: 'a whole number of 32 bits',
    takes: (value) => Number.isInteger(value) && Math.abs(value as number) <= MAX_INTEGER,
  },
  number: { wants: 'a number', takes: (value) => Number.isFinite(value) },
  boolean: { wants: 'true or false', takes: (value) => typeof value === 'boolean' },
  timestamp: {
    wants: 'a time in UTC with milliseconds, such as "2025-06-27T05:15:00.000Z"',
    takes: (value) => isText(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value,
  },
  json: { wants: 'a list of objects', takes: (value) => Array.isArray(value) && value.every(isPlainObject) },
};

function isPlainObject(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value in the form that is stored, or what the attribute takes instead. */
export function checkValue(definition: AttributeDefinition, value: Json): { value: Json } | { wants: string } {
  const type = TYPES[definition.type];
  const listed = definition.type !== 'enum' || definition.values?.includes(value as string);
  if (!type.takes(value) || !listed) {
    return { wants: definition.values ? `one of ${definition.values.join(', ')}` : type.wants };
  }
  return { value: type.store ? type.store(value as never) : value };
}
