import { getOperationAST } from 'graphql';
import { createClient } from 'graphql-ws';

const GRAPHQL_PATH = '/graphql';

/** One connection for each key, since a connection has the rights it was opened with. */
const clients = new Map();

function socketOf(authorization) {
  let client = clients.get(authorization);
  if (!client) {
    const { protocol, host } = window.location;
    client = createClient({
      url: `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}${GRAPHQL_PATH}`,
      lazy: true,
      connectionParams: authorization ? { authorization } : {},
    });
    clients.set(authorization, client);
  }
  return client;
}

/** The value of a header, whatever the case that it was typed in. */
function headerOf(headers, name) {
  const found = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}

/** Queries and mutations over HTTP, subscriptions over WebSocket; `Authorization` of the headers tab does for both. */
export async function fetcher(request, options) {
  const operation = options?.documentAST && getOperationAST(options.documentAST, request.operationName);
  if (operation?.operation === 'subscription') {
    return socketOf(headerOf(options.headers, 'authorization')).iterate(request);
  }
  const response = await fetch(GRAPHQL_PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...options?.headers },
    body: JSON.stringify(request),
  });
  return response.json();
}
