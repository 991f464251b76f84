import type { IncomingMessage } from 'node:http';
import type { Rights } from '../services/rights.ts';

/**
 * Who calls. Rejects with an UnauthenticatedError for a key that is wrong or revoked, and for none where one is needed.
 * `remoteAddress` is the peer of the connection, never what a header says.
 */
export type Authenticate = (token: string | undefined, remoteAddress: string) => Promise<Rights>;

/** The key of an `Authorization: Bearer …` header; undefined for none. */
export function bearerToken(authorization: unknown): string | undefined {
  if (typeof authorization !== 'string' || authorization === '') return undefined;
  // A key without the scheme is taken as one, so that it is judged and not read past.
  return /^bearer\s+(\S+)$/i.exec(authorization.trim())?.[1] ?? authorization;
}

/** The rights of an HTTP request. */
export function authenticateRequest(request: IncomingMessage, authenticate: Authenticate): Promise<Rights> {
  return authenticate(bearerToken(request.headers.authorization), request.socket.remoteAddress ?? '');
}

/** The rights of `connection_init`: its `authorization`, else the header of the upgrade for clients that can set one. */
export function authenticateConnection(
  params: Readonly<Record<string, unknown>> | undefined,
  request: IncomingMessage,
  authenticate: Authenticate,
): Promise<Rights> {
  const given = params?.authorization ?? params?.Authorization ?? request.headers.authorization;
  return authenticate(bearerToken(given), request.socket.remoteAddress ?? '');
}
