import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { NextFunction, Request, Response } from 'express';

export interface GuardOptions {
  /** Origins besides our own whose pages may call, e.g. `https://dashboard.example.vn`. None by default. */
  readonly allowedOrigins: readonly string[];
  /** Whether we listen on loopback only; then only loopback names are taken as ours. */
  readonly isLoopbackOnly: boolean;
}

/**
 * Why a request must not be served, null when it may. A browser sends the user's place in the network with every
 * request of every page, so a page of another origin must not get to read or write through it (CSRF), and a name that
 * was pointed at this machine must not pass for it (DNS rebinding). What is no browser sends no `Origin` and is let in.
 */
export function refusalOf(request: IncomingMessage, options: GuardOptions): string | null {
  const host = request.headers.host ?? '';
  if (options.isLoopbackOnly && !isLoopbackName(hostName(host))) {
    return `This hub answers to names of this machine only, not to "${hostName(host)}".`;
  }
  const { origin } = request.headers;
  if (origin !== undefined && !isAllowedOrigin(origin, host, options.allowedOrigins)) {
    return 'Pages of another origin may not call this hub.';
  }
  if (origin === undefined && request.headers['sec-fetch-site'] === 'cross-site' && !isNavigation(request)) {
    return 'Pages of another site may not call this hub.';
  }
  return null;
}

/** Refuses with 403, and sets the headers that every answer has. */
export function guard(options: GuardOptions) {
  return (request: Request, response: Response, next: NextFunction): void => {
    response.set(SECURITY_HEADERS);
    const refusal = refusalOf(request, options);
    if (refusal) sendError(response, 403, 'FORBIDDEN', refusal);
    else {
      allowOrigin(request, response, options.allowedOrigins);
      if (request.method === 'OPTIONS' && request.headers.origin) response.status(204).end();
      else next();
    }
  };
}

/** An error in the form of a GraphQL answer, for what fails before GraphQL is asked. */
export function sendError(response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ errors: [{ message, extensions: { code } }] });
}

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

function isAllowedOrigin(origin: string, host: string, allowed: readonly string[]): boolean {
  if (allowed.includes(origin)) return true;
  try {
    return new URL(origin).host === new URL(`http://${host}`).host || new URL(origin).host === host;
  } catch {
    return false;
  }
}

function allowOrigin(request: Request, response: Response, allowed: readonly string[]): void {
  const { origin } = request.headers;
  if (origin === undefined || !allowed.includes(origin)) return;
  response.set({
    'access-control-allow-origin': origin,
    'access-control-allow-headers': 'authorization, content-type, last-event-id',
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'cross-origin-resource-policy': 'cross-origin',
    vary: 'origin',
  });
}

/** A link from elsewhere to a page of ours; what it opens cannot be read by the page that has the link. */
function isNavigation(request: IncomingMessage): boolean {
  return request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate';
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

function isLoopbackName(name: string): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    (isIP(name) !== 0 && (name === '::1' || name.startsWith('127.')))
  );
}
