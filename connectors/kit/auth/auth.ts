import type { HttpAnswer, HttpRequest } from '../http/http-types.ts';
import type { Token, TokenSlot } from './token-slot.ts';

/** What an auth kind is given to sign in with. */
export interface AuthSetup {
  readonly credentials: Readonly<Record<string, string>>;
  readonly slot: TokenSlot;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
  /**
   * Sends a sign-in, once, under its own deadline and not under the signal of this run, since others may wait for it.
   * Throws for everything but a success; a refusal of the credentials is UPSTREAM_CONFIGURATION.
   */
  readonly signIn: (request: HttpRequest) => Promise<HttpAnswer>;
}

/** A request that may go out, and the token in it, to be invalidated where the upstream refuses it. */
export interface Authorized {
  readonly request: HttpRequest;
  readonly token?: Token;
}

/** How an upstream knows who asks. Stateless: what it gets is kept in the slot that it is given. */
export interface AuthKind {
  readonly name: string;
  /** Names that the source's credentials must have. */
  readonly credentials: readonly string[];
  authorize(request: HttpRequest, setup: AuthSetup): Promise<Authorized>;
}

export function withHeaders(request: HttpRequest, headers: Readonly<Record<string, string>>): HttpRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}
