import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { Request, RequestHandler, Response } from 'express';
import { anonymousRights, type Rights } from '../services/rights.ts';
import type { ApiContext } from './context.ts';

/**
 * GraphQL over HTTP. The transport has parsed the body (`request.body`) and has put the rights of the caller into
 * `response.locals.rights`. What the caller no longer waits for is no longer read.
 */
export function createHttpHandler(
  apollo: ApolloServer<ApiContext>,
  createContext: (rights: Rights, signal: AbortSignal) => ApiContext,
): RequestHandler {
  return (request, response, next) => {
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const rights = (response.locals.rights as Rights | undefined) ?? anonymousRights;
    apollo
      .executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: request.method,
          headers: headersOf(request),
          search: searchOf(request),
          body: request.body,
        },
        context: async () => createContext(rights, gone.signal),
      })
      .then(({ headers, status, body }) => {
        for (const [name, value] of headers) response.setHeader(name, value);
        response.statusCode = status ?? 200;
        return send(response, body);
      })
      .catch(next);
  };
}

async function send(
  response: Response,
  body: { kind: 'complete'; string: string } | { kind: 'chunked'; asyncIterator: AsyncIterableIterator<string> },
): Promise<void> {
  if (body.kind === 'complete') response.end(body.string);
  else {
    for await (const chunk of body.asyncIterator) response.write(chunk);
    response.end();
  }
}

function headersOf(request: Request): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

function searchOf({ originalUrl }: Request): string {
  const start = originalUrl.indexOf('?');
  return start < 0 ? '' : originalUrl.slice(start);
}
