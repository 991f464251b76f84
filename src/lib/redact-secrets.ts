/** What stands where a secret stood. */
const REMOVED = '[secret]';

const NAMES = 'password|passwd|matkhau|secret|token|authorization|api[-_]?key|cookie|session[-_]?id|credential';

const RULES: readonly [RegExp, string][] = [
  // Keys of the hub; the id in the middle may be known, it is in every list of keys.
  [/\b(lt_[A-Za-z0-9]+)_[A-Za-z0-9_-]+/g, `$1_${REMOVED}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, `$1 ${REMOVED}`],
  // user:password@ in an address; the password may hold anything but what ends it.
  [/(\w:\/\/[^:@/\s"']*:)[^@\s"']+@/g, `$1${REMOVED}@`],
  // Query strings and forms.
  [new RegExp(`([?&;\\s"']|^)([\\w.-]*(?:${NAMES}|key)[\\w.-]*)=[^&\\s"'\\\\]+`, 'gi'), `$1$2=${REMOVED}`],
  // JSON, and JSON in a string of JSON.
  [new RegExp(`"([^"\\\\]*(?:${NAMES})[^"\\\\]*)"(\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi'), `"$1"$2"${REMOVED}"`],
  [
    new RegExp(`\\\\"([^"\\\\]*(?:${NAMES})[^"\\\\]*)\\\\"(\\s*:\\s*)\\\\".*?\\\\"`, 'gi'),
    `\\"$1\\"$2\\"${REMOVED}\\"`,
  ],
];

/**
 * A text without what looks like a secret: keys of the hub, authorization headers, passwords in addresses, and values
 * named like a secret in query strings, forms and JSON. JSON stays JSON. It is the net below: whoever writes a message
 * leaves secrets out in the first place.
 */
export function redactSecrets(text: string): string {
  return RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
