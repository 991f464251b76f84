import type { Json } from '../../../schema/kinds/fact-kind.ts';

/** Of Unicode: composed, or decomposed as some machines write Vietnamese. */
export type TextForm = 'NFC' | 'NFD';

/** A body with every text in that form; names of members are the interface's, and stay as they are. */
export function inForm(body: Json, form: TextForm): Json {
  if (typeof body === 'string') return body.normalize(form);
  if (Array.isArray(body)) return body.map((item) => inForm(item, form));
  if (body === null || typeof body !== 'object') return body;
  return Object.fromEntries(Object.entries(body).map(([name, member]) => [name, inForm(member, form)]));
}
