import type { IncomingMessage } from 'node:http';
import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import { CloseCode, type Context, makeServer, type Server } from 'graphql-ws';
import type { FeedOperation } from '../live/feed-operation.ts';
import type { OperationRequest } from '../live/operation.ts';
import type { Rights } from '../services/rights.ts';
import { type Authenticate, authenticateConnection } from './access.ts';
import { EndlessResults } from './endless-results.ts';
import {
  formatResult,
  type OperationPorts,
  type RunnableOperation,
  runPlainly,
  toGraphQLError,
  tooManySubscriptions,
  toRunnable,
} from './run-operation.ts';
import type { SocketConnection } from './socket-connection.ts';

export interface GraphqlSocketOptions extends OperationPorts {
  readonly authenticate: Authenticate;
  readonly maxSubscriptionsPerConnection: number;
  /** Milliseconds for `connection_init`; then the connection is closed with 4408. */
  readonly initTimeoutMs: number;
}

export interface SocketExtra {
  readonly connection: SocketConnection;
  readonly request: IncomingMessage;
}

type SocketContext = Context<Record<string, unknown> | undefined, SocketExtra>;

/** An operation between `onSubscribe`, which prepares it, and `subscribe` or `execute`, which run it. */
interface Started {
  readonly context: SocketContext;
  readonly id: string;
  readonly rights: Rights;
  readonly runnable: Exclude<RunnableOperation, { kind: 'errors' }>;
}

/**
 * graphql-ws with our ways of running an operation. It stays in charge of the protocol: who may say what when, ids,
 * pings, errors, completion. Only the `next` messages of feed subscriptions are written past it, by the engine.
 */
export function createGraphqlSocketServer(options: GraphqlSocketOptions): Server<SocketExtra> {
  const started = new WeakMap<object, Started>();
  const run = (args: ExecutionArgs): Promise<ExecutionResult | AsyncGenerator<ExecutionResult, void, void>> =>
    runStarted(options, started.get(args) as Started);
  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: options.initTimeoutMs,
    onConnect: (context) => admit(options, context),
    onSubscribe: async (context, id, payload) => {
      const outcome = await prepare(options, context, id, payload as OperationRequest);
      if (Array.isArray(outcome)) return outcome as GraphQLError[];
      const start = outcome as Started;
      const { schema, document, operationName, variableValues } =
        start.runnable.kind === 'feed' ? start.runnable.feed.prepared : start.runnable.prepared;
      const args: ExecutionArgs = { schema, document, operationName, variableValues, contextValue: undefined };
      started.set(args, start);
      return args;
    },
    subscribe: run as never,
    execute: run as never,
    onNext: (_context, _id, _payload, args, result) => {
      const runnable = started.get(args as object)?.runnable;
      const extensions = runnable?.kind === 'other' ? runnable.prepared.extensions : undefined;
      return formatResult(result as ExecutionResult, options.formatError, extensions) as never;
    },
  });
}

/** `connection_init`: without the rights to be here the connection is closed with 4401, on which clients do not retry. */
async function admit(options: GraphqlSocketOptions, context: SocketContext): Promise<boolean> {
  const { connection, request } = context.extra;
  try {
    connection.rights = await authenticateConnection(context.connectionParams, request, options.authenticate);
    return true;
  } catch (error) {
    const { message, extensions } = options.formatError(error);
    const code = extensions?.code === 'UNAUTHENTICATED' ? CloseCode.Unauthorized : CloseCode.InternalServerError;
    connection.webSocket.close(code, closeReason(`${extensions?.code ?? 'UNAVAILABLE'}: ${message}`));
    return false;
  }
}

async function prepare(
  options: GraphqlSocketOptions,
  context: SocketContext,
  id: string,
  request: OperationRequest,
): Promise<Started | readonly GraphQLError[]> {
  const limit = options.maxSubscriptionsPerConnection;
  if (Object.keys(context.subscriptions).length > limit) {
    return [toGraphQLError(tooManySubscriptions(limit), options.formatError)];
  }
  const rights = context.extra.connection.rights as Rights;
  const runnable = await toRunnable(options, request, rights);
  return runnable.kind === 'errors' ? runnable.errors : { context, id, rights, runnable };
}

async function runStarted(
  options: GraphqlSocketOptions,
  { context, id, rights, runnable }: Started,
): Promise<ExecutionResult | AsyncGenerator<ExecutionResult, void, void>> {
  if (runnable.kind === 'feed') return openFeed(options, context, id, runnable.feed);
  const closing = new AbortController();
  context.extra.connection.webSocket.once('close', () => closing.abort());
  try {
    return await runPlainly(options, runnable.prepared, rights, closing.signal);
  } catch (error) {
    return { errors: [toGraphQLError(error, options.formatError)] };
  }
}

function openFeed(
  options: GraphqlSocketOptions,
  context: SocketContext,
  id: string,
  feed: FeedOperation,
): EndlessResults {
  const { connection } = context.extra;
  const results: EndlessResults = new EndlessResults(() => subscription.stop());
  const sink = connection.sink(id, (error) => results.fail(toGraphQLError(error, options.formatError)));
  const subscription = options.engine.open(feed, sink);
  connection.add(subscription);
  return results;
}

/** A close reason has at most 123 bytes. */
function closeReason(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= 123
    ? text
    : `${bytes
        .subarray(0, 119)
        .toString()
        .replace(/\uFFFD$/, '')}…`;
}
