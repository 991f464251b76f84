import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';

/** Where the files beside the page are served. */
export const PAGE_ASSETS_PATH = '/graphiql';

/** Everything from here; styles inline because the editor sets them so, workers from blobs for the same reason. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Whether a person opened `/graphql` in a browser: a page is asked for, and no query. */
export function isPageRequest(request: Request): boolean {
  if (request.method !== 'GET' || request.query.query !== undefined) return false;
  return /\btext\/html\b/.test(request.headers.accept ?? '');
}

/** GraphiQL at `/graphql` for browsers; other requests go on. */
export function graphiqlPage(directory: string): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    if (!isPageRequest(request)) return next();
    response.set({ 'content-security-policy': CONTENT_SECURITY_POLICY, 'cache-control': 'no-cache' });
    response.sendFile('index.html', { root: directory }, (error) => {
      if (error && !response.headersSent) next();
    });
  };
}

/** The files of the page. */
export function graphiqlAssets(directory: string): RequestHandler {
  return express.static(directory, {
    index: false,
    maxAge: '1h',
    setHeaders: (response) => response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY),
  });
}
