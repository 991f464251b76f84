import type { Json } from '../../../schema/kinds/fact-kind.ts';

/** A body whose links, whole or relative, do not have this parameter in their query. */
export function withoutParameter(body: Json, parameter: string): Json {
  if (typeof body === 'string') return cutFrom(body, parameter);
  if (Array.isArray(body)) return body.map((item) => withoutParameter(item, parameter));
  if (body === null || typeof body !== 'object') return body;
  return Object.fromEntries(Object.entries(body).map(([name, member]) => [name, withoutParameter(member, parameter)]));
}

function cutFrom(link: string, parameter: string): string {
  const [, before = '', query, hash = ''] = /^([^?#]*)\?([^#]*)(#.*)?$/s.exec(link) ?? [];
  if (query === undefined) return link;
  const pairs = query.split('&');
  const kept = pairs.filter((pair) => !new URLSearchParams(pair).has(parameter));
  if (kept.length === pairs.length) return link;
  return `${before}${kept.length === 0 ? '' : '?'}${kept.join('&')}${hash}`;
}
