import { type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import { GraphQLError, getOperationAST, parse } from 'graphql';
import type { PreparedOperation } from '../live/operation.ts';
import type { ApiContext } from './context.ts';
import type { Prepare } from './prepare-operation.ts';

/** Stands in for a document that was refused, so that Apollo does not parse it again. */
const REFUSED = parse('{ __typename }');

/**
 * Puts the hub's own preparation in the place of Apollo's parsing and validation, so that a document is judged alike on
 * every transport and once. Works by giving Apollo the document before it looks for one; `documentStore` must be null.
 * Asserted by test/api/limits.pg.test.ts: without it no limit would hold over HTTP.
 */
export function createPreparePlugin(prepare: Prepare): ApolloServerPlugin<ApiContext> {
  return {
    async requestDidStart() {
      let prepared: PreparedOperation | readonly GraphQLError[];
      return {
        async didResolveSource(requestContext) {
          const { request, source, contextValue } = requestContext;
          prepared = refuseSubscription(prepare({ ...request, query: source } as never, contextValue.rights));
          Object.assign(requestContext, { document: isRefused(prepared) ? REFUSED : prepared.document });
        },
        async responseForOperation({ request, response }) {
          if (!isRefused(prepared)) return null;
          const accept = request.http?.headers.get('accept');
          const http = { status: statusOf(accept), headers: new HeaderMap() };
          const errors = prepared.map((error) => error.toJSON());
          Object.assign(response.http, http);
          return { http, body: { kind: 'single', singleResult: { errors } } };
        },
        async willSendResponse({ response: { body } }) {
          if (body.kind !== 'single' || isRefused(prepared) || !prepared?.extensions) return;
          body.singleResult.extensions = { ...prepared.extensions, ...body.singleResult.extensions };
        },
      };
    },
  };
}

const isRefused = (prepared: PreparedOperation | readonly GraphQLError[]): prepared is readonly GraphQLError[] =>
  Array.isArray(prepared);

/** A request has one answer; a subscription has many. */
function refuseSubscription(
  prepared: PreparedOperation | readonly GraphQLError[],
): PreparedOperation | readonly GraphQLError[] {
  if (isRefused(prepared)) return prepared;
  if (getOperationAST(prepared.document, prepared.operationName)?.operation !== 'subscription') return prepared;
  const message =
    'Subscribe over WebSocket (graphql-transport-ws) at /graphql, or over server-sent events at /graphql/stream.';
  return [new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })];
}

/** A request that was refused is a 400 to who knows `application/graphql-response+json`; for others it is an answer like any. */
function statusOf(accept: string | undefined): number {
  return accept?.includes('application/graphql-response+json') ? 400 : 200;
}
