import type { Json } from '../../schema/kinds/fact-kind.ts';

const SECRET_NAME = /pass(word|wd)?$|secret|token$|session$|authorization|api[-_]?key$|cookie|matkhau/i;
const HIDDEN = '[removed]';

/** A text without the values of parameters whose names say that they are secret, e.g. in a query string. */
export function redactSecrets(text: string): string {
  return text.replace(/([?&;\s]|^)([\w-]+)=([^&;\s]+)/g, (whole, before: string, name: string) =>
    SECRET_NAME.test(name) ? `${before}${name}=${HIDDEN}` : whole,
  );
}

/**
 * A shorter value is no secret, since it can be tried out in a moment; and hidden wherever it stands it would tear texts
 * to pieces.
 */
const MIN_SECRET_LENGTH = 4;

/** A text without these very values, also as an address writes them: upstreams put them into their next links. */
export function redactText(text: string, secrets: readonly string[]): string {
  return writtenForms(secrets).reduce((rest, written) => rest.replaceAll(written, HIDDEN), text);
}

/** Thousands of texts are looked at for the same secrets. */
const knownForms = new WeakMap<readonly string[], readonly string[]>();

function writtenForms(secrets: readonly string[]): readonly string[] {
  const known = knownForms.get(secrets);
  if (known) return known;
  const given = secrets.filter((secret) => secret.length >= MIN_SECRET_LENGTH);
  const inQuery = (secret: string): string => new URLSearchParams({ '': secret }).toString().slice(1);
  const forms = given.flatMap((secret) => [secret, encodeURIComponent(secret.toWellFormed()), inQuery(secret)]);
  const distinct = [...new Set(forms)];
  knownForms.set(secrets, distinct);
  return distinct;
}

/** A record without the values of members whose names say that they are secret, and without these very values anywhere. */
export function redactRecord(record: Json, secrets: readonly string[]): Json {
  if (typeof record === 'string') return redactText(record, secrets);
  if (Array.isArray(record)) return record.map((item) => redactRecord(item, secrets));
  if (record === null || typeof record !== 'object') return record;
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      redactText(name, secrets),
      SECRET_NAME.test(name) && typeof value === 'string' ? HIDDEN : redactRecord(value, secrets),
    ]),
  );
}
