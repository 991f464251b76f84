import { type AuthKind, withHeaders } from './auth.ts';

/** Credentials that go as they are, each in a header of its own: the header, and the credential that it carries. */
export function credentialHeaders(headers: Readonly<Record<string, string>>): AuthKind {
  if (Object.keys(headers).length === 0) throw new TypeError('Sign-in by headers without a header signs nobody in.');
  return {
    name: 'credential-headers',
    credentials: Object.values(headers),
    authorize: async (request, { credentials }) => {
      const sent = Object.entries(headers).map(([header, name]) => [header, credentials[name] ?? '']);
      return { request: withHeaders(request, Object.fromEntries(sent)) };
    },
  };
}
