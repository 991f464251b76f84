import type { Json } from '../../schema/kinds/fact-kind.ts';

/** In lower case letters without marks and gaps, so that `mật khẩu`, `mat_khau` and `matKhau` are one name. */
const SECRET_NAME =
  /pass(word|wd|phrase|code)?$|pwd$|secret|token(value)?$|session(id|key)?$|authorization|credential|(api|access|private)key$|cookie|matkhau|bimat/;
const HIDDEN = '[removed]';

const isSecretName = (name: string): boolean =>
  SECRET_NAME.test(
    name
      .normalize('NFD')
      .toLowerCase()
      .replaceAll('đ', 'd')
      .replace(/[^a-z0-9]/g, ''),
  );

/** A text without the values of parameters whose names say that they are secret, e.g. in a query string. */
export function redactSecrets(text: string): string {
  return text.replace(/([?&;\s]|^)([^?&;=\s]+)=([^&;\s]+)/g, (whole, before: string, name: string) =>
    isSecretName(decoded(name)) ? `${before}${name}=${HIDDEN}` : whole,
  );
}

/** A name as it was before it was written into an address. */
function decoded(name: string): string {
  const [first] = new URLSearchParams(`${name}=`).keys();
  return first ?? name;
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

/** A record without the values, of whatever form, of members whose names say that they are secret, and without these very values anywhere. */
export function redactRecord(record: Json, secrets: readonly string[]): Json {
  if (typeof record === 'string') return redactText(record, secrets);
  if (Array.isArray(record)) return record.map((item) => redactRecord(item, secrets));
  if (record === null || typeof record !== 'object') return record;
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      redactText(name, secrets),
      value !== null && isSecretName(name) ? HIDDEN : redactRecord(value, secrets),
    ]),
  );
}
