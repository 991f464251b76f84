import type { Json } from '../../schema/kinds/fact-kind.ts';

/**
 * Reads the error code of bodies that carry one in a member: undefined where the member is one of the codes of success,
 * or missing. Codes are compared as text, since the same upstream sends `0` here and `"00"` there.
 */
export function codeIn(member: string, successCodes: readonly string[]): (body: Json) => string | undefined {
  return (body) => {
    if (body === null || typeof body !== 'object' || Array.isArray(body)) return undefined;
    const value = body[member];
    if (value === undefined || successCodes.includes(String(value))) return undefined;
    return String(value);
  };
}
