import type { NextFunction, Request, Response } from 'express';
import { sendError } from './guard.ts';

/**
 * Parses JSON bodies into `request.body`; other bodies are left alone. What is no JSON, or too much of it, is answered
 * in the form of GraphQL. express.json would go on reading a body that is too large to its end, however far that is.
 */
export function parseBody(maxBytes: number) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (!request.is(['application/json', 'application/graphql+json'])) return next();
    if (request.headers['content-encoding'] && request.headers['content-encoding'] !== 'identity') {
      return sendError(response, 415, 'BAD_USER_INPUT', 'Send the body without a content-encoding.');
    }
    const bytes = await readAll(request, maxBytes).catch(() => null);
    if (bytes === null) return;
    if (bytes === 'too large') return refuseLarge(request, response, maxBytes);
    try {
      request.body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
      return sendError(response, 400, 'BAD_USER_INPUT', 'The body is not the JSON that its headers say it is.');
    }
    next();
  };
}

/** The whole body, `too large` without reading on. Rejects when the client goes away. */
export function readAll(request: Request, maxBytes: number): Promise<Buffer | 'too large'> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) return Promise.resolve('too large');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > maxBytes) {
        request.off('data', onData);
        resolve('too large');
      } else chunks.push(chunk);
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject).once('close', () => reject(new Error('the client went away')));
  });
}

/**
 * The rest is read past, since most clients read no answer before they have sent everything; the server cuts one that
 * takes longer than any request may. Not announced with `connection: close`: Node would then cut the connection as soon as
 * it has answered, and a client that still sends would see a broken pipe instead of the answer.
 */
function refuseLarge(request: Request, response: Response, maxBytes: number): void {
  sendError(response, 413, 'LIMIT_DOCUMENT_SIZE', `The request is larger than the ${maxBytes} bytes allowed.`);
  request.resume();
}
