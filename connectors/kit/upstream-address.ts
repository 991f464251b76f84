/**
 * A base URL as the name of its upstream, by which budgets are counted: letters of the host, a port that goes without
 * saying and slashes at the end make no other upstream. Undefined for what is no URL.
 */
export function upstreamAddress(baseUrl: string): string | undefined {
  if (!URL.canParse(baseUrl)) return undefined;
  const { origin, pathname } = new URL(baseUrl);
  return origin + pathname.replace(/\/+$/, '');
}
