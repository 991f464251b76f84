import { BadUserInputError } from '../../errors/index.ts';

/** The id that is unique in the whole schema: base64url of `Type:key`. */
export function toGlobalId(type: string, key: string | number): string {
  return Buffer.from(`${type}:${key}`).toString('base64url');
}

/** Type and key of a global id, or null for a text that is none. */
export function fromGlobalId(id: string): { type: string; key: string } | null {
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const colon = text.indexOf(':');
  if (colon <= 0 || colon === text.length - 1) return null;
  const parsed = { type: text.slice(0, colon), key: text.slice(colon + 1) };
  // Base64 is lenient; only what we would have written ourselves is an id.
  return /^[A-Z][A-Za-z]+$/.test(parsed.type) && toGlobalId(parsed.type, parsed.key) === id ? parsed : null;
}

/** The key that an argument means: the field's own code (`01`, `TTHC`), or the global id of an object of that type. */
export function keyOfArgument(type: string, argument: string): string {
  const global = fromGlobalId(argument);
  if (!global) return argument;
  if (global.type === type) return global.key;
  throw new BadUserInputError(`"${argument}" is the id of a ${global.type}; a ${type} is asked for.`);
}
