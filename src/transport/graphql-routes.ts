import { type NextFunction, type Request, type Response, Router } from 'express';
import type { FormatError, OperationRequest } from '../live/operation.ts';
import type { Rights } from '../services/rights.ts';
import { type Authenticate, authenticateRequest } from './access.ts';
import type { EventStreamClients } from './event-stream.ts';
import { sendError } from './guard.ts';

/** HTTP status by code; 400 for the rest of what a client can do wrong. */
const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  UNAVAILABLE: 503,
  TIMEOUT: 503,
  INTERNAL_SERVER_ERROR: 500,
};

/** Finds out who calls and leaves the rights in `response.locals.rights`; answers for those who may not. */
export function requireRights(authenticate: Authenticate, formatError: FormatError) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    try {
      response.locals.rights = await authenticateRequest(request, authenticate);
    } catch (error) {
      const { message, extensions } = formatError(error);
      const code = String(extensions?.code ?? 'INTERNAL_SERVER_ERROR');
      if (code === 'UNAUTHENTICATED') response.set('www-authenticate', 'Bearer realm="lienthong"');
      return sendError(response, STATUS[code] ?? 400, code, message);
    }
    next();
  };
}

/** The rights that {@link requireRights} found. */
export function rightsOf(response: Response): Rights {
  return response.locals.rights as Rights;
}

/** `/graphql/stream`: graphql-sse in distinct connections mode, by POST or GET. */
export function eventStreamRoute(clients: EventStreamClients, canOpen: () => boolean): Router {
  const router = Router();
  const run = async (request: Request, response: Response): Promise<void> => {
    const operation = request.method === 'GET' ? fromQuery(request) : fromBody(request.body);
    if (typeof operation === 'string') return sendError(response, 400, 'BAD_USER_INPUT', operation);
    if (!canOpen()) return sendError(response, 503, 'LIMIT_SUBSCRIPTIONS', TOO_MANY_CONNECTIONS);
    await clients.run(request, response, operation, rightsOf(response));
  };
  router.get('/graphql/stream', run);
  router.post('/graphql/stream', run);
  router.all('/graphql/stream', (_request, response) => {
    response.set('allow', 'GET, POST');
    sendError(response, 405, 'BAD_USER_INPUT', 'Use GET or POST; each operation has a connection of its own.');
  });
  return router;
}

export const TOO_MANY_CONNECTIONS = 'This gateway has as many connections as it may have. Try another, or again later.';

/** The operation of a POST, or what is wrong with it. */
function fromBody(body: unknown): OperationRequest | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return 'Send a JSON object with a "query", as content-type application/json.';
  }
  const { query, operationName, variables, extensions } = body as Record<string, unknown>;
  if (typeof query !== 'string') return '"query" has to be a text.';
  if (operationName != null && typeof operationName !== 'string') return '"operationName" has to be a text.';
  if (variables != null && !isObject(variables)) return '"variables" has to be an object.';
  if (extensions != null && !isObject(extensions)) return '"extensions" has to be an object.';
  return { query, operationName, variables, extensions } as OperationRequest;
}

/** The operation of a GET; `variables` and `extensions` are JSON. */
function fromQuery({ query }: Request): OperationRequest | string {
  try {
    const parsed = (text: unknown): unknown =>
      text === undefined || text === '' ? undefined : JSON.parse(String(text));
    return fromBody({ ...query, variables: parsed(query.variables), extensions: parsed(query.extensions) });
  } catch {
    return '"variables" and "extensions" have to be JSON.';
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
