import type { HttpAnswer, HttpRequest } from '../http/http-types.ts';
import type { ClientCertificate } from '../shared-state.ts';
import type { Token, TokenSlot } from './token-slot.ts';

/** What an auth kind is given to sign in with. */
export interface AuthSetup {
  /** Of the source; paths of requests are relative to it. */
  readonly baseUrl: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly slot: TokenSlot;
  readonly monotonicMs: () => number;
  /** The time of the upstream's world, e.g. for signatures; in the sandbox it is the sandbox's. */
  readonly domainNow: () => Date;
  /** A text that is used once, e.g. in a signature. */
  readonly nonce: () => string;
  readonly signal: AbortSignal;
  /**
   * Sends a sign-in, once, under its own deadline and not under the signal of this run, since others may wait for it.
   * Throws for everything but a success; a refusal of the credentials is UPSTREAM_CONFIGURATION. `mayRedirect`: a
   * redirect counts as a success too. It is not followed.
   */
  readonly signIn: (request: HttpRequest, options?: { readonly mayRedirect?: boolean }) => Promise<HttpAnswer>;
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
  /** The parameter of the query that carries a credential, so that it is taken out of links that bring it back. */
  readonly queryParameter?: string;
  /** Called anew for every attempt. */
  authorize(request: HttpRequest, setup: AuthSetup): Promise<Authorized>;
  /**
   * Whether a success or a redirect is in truth the upstream's way to say that the session is gone, e.g. its login page
   * with HTTP 200: then the session is renewed and the request sent again. `beginning`: of the body, some hundred bytes.
   */
  isSignedOut?(answer: { readonly headers: HttpAnswer['headers']; readonly beginning: string }): boolean;
  /** The certificate to show, for mutual TLS; undefined to show none. */
  certificate?(credentials: AuthSetup['credentials']): ClientCertificate | undefined;
}

export function withHeaders(request: HttpRequest, headers: Readonly<Record<string, string>>): HttpRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}
