import type { Json } from '../../schema/kinds/fact-kind.ts';

const SECRET_NAME = /pass(word|wd)?$|secret|token$|session$|authorization|api[-_]?key$|cookie|matkhau/i;
const HIDDEN = '[removed]';

/** A text without the values of parameters whose names say that they are secret, e.g. in a query string. */
export function redactSecrets(text: string): string {
  return text.replace(/([?&;\s]|^)([\w-]+)=([^&;\s]+)/g, (whole, before: string, name: string) =>
    SECRET_NAME.test(name) ? `${before}${name}=${HIDDEN}` : whole,
  );
}

/** A record without the values of members whose names say that they are secret, and without these very values anywhere. */
export function redactRecord(record: Json, secrets: readonly string[]): Json {
  if (typeof record === 'string') {
    return secrets.reduce((text, secret) => (secret ? text.replaceAll(secret, HIDDEN) : text), record);
  }
  if (Array.isArray(record)) return record.map((item) => redactRecord(item, secrets));
  if (record === null || typeof record !== 'object') return record;
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) && typeof value === 'string' ? HIDDEN : redactRecord(value, secrets),
    ]),
  );
}
