import type { AuthKind } from './auth.ts';

/** An upstream that asks nobody who they are. */
export function noAuth(): AuthKind {
  return { name: 'none', credentials: [], authorize: async (request) => ({ request }) };
}
