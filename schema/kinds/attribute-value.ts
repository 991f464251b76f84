import type { AttributeDefinition, Json } from './fact-kind.ts';
import { isStorableText, storableJson } from './storable-json.ts';

/** Longest text of one attribute, in UTF-16 units; a longer one is a fault of the upstream, not a note that people read. */
const MAX_TEXT_LENGTH = 65_536;
const MAX_JSON_LENGTH = 262_144;
/** The typed columns are `integer`; a value beyond would fail the statement, and with it the whole page. */
const MAX_INTEGER = 2_147_483_647;

export type CheckedValue = { readonly value: Json } | { readonly reason: string };

const reject = (reason: string): CheckedValue => ({ reason });

/**
 * Checks a value against the type of its attribute and brings it into the one form that is stored: text in NFC, codes
 * sorted and without doubles. The reason of a rejection names the type that was promised.
 */
export function checkAttributeValue(definition: AttributeDefinition, value: Json): CheckedValue {
  switch (definition.type) {
    case 'text':
      return checkText(value);
    case 'enum':
      return typeof value === 'string' && definition.values?.includes(value)
        ? { value }
        : reject(`is ${describe(value)}, not one of ${definition.values?.join(', ')}`);
    case 'codes':
      return checkCodes(value);
    case 'integer':
      return Number.isInteger(value) && Math.abs(value as number) <= MAX_INTEGER
        ? { value }
        : reject(`is ${describe(value)}, not an integer of 32 bits`);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
        ? { value }
        : reject(`is ${describe(value)}, not a number`);
    case 'boolean':
      return typeof value === 'boolean' ? { value } : reject(`is ${describe(value)}, not true or false`);
    case 'timestamp':
      return isIsoTimestamp(value) ? { value } : reject(`is ${describe(value)}, not a time in UTC with milliseconds`);
    case 'json':
      return checkJson(value);
  }
}

function checkText(value: Json): CheckedValue {
  if (typeof value !== 'string') return reject(`is ${describe(value)}, not text`);
  if (value.length > MAX_TEXT_LENGTH) return reject(`is a text of ${value.length} characters; ${MAX_TEXT_LENGTH} fit`);
  if (!isStorableText(value)) return reject('is a text with invalid characters');
  return { value: value.normalize('NFC') };
}

function checkCodes(value: Json): CheckedValue {
  if (!Array.isArray(value) || !value.every((code) => typeof code === 'string' && code !== '')) {
    return reject(`is ${describe(value)}, not a list of codes`);
  }
  return { value: [...new Set(value as string[])].sort() };
}

function checkJson(value: Json): CheckedValue {
  if (value === null || typeof value !== 'object') return reject(`is ${describe(value)}, not a list or an object`);
  const text = JSON.stringify(value);
  if (text.length > MAX_JSON_LENGTH) return reject(`has ${text.length} characters as JSON; ${MAX_JSON_LENGTH} fit`);
  return { value: storableJson(value) };
}

/** Of the years that PostgreSQL writes with four digits: it knows no year 0, by which some upstreams say that they know none. */
function isIsoTimestamp(value: Json): boolean {
  if (typeof value !== 'string' || !/^\d{4}-/.test(value) || value.startsWith('0000-')) return false;
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString() === value;
}

function describe(value: Json): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
