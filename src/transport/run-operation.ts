import { type ExecutionResult, execute, GraphQLError, getOperationAST, subscribe } from 'graphql';
import { HubError, LimitError } from '../errors/index.ts';
import { type FeedOperation, toFeedOperation } from '../live/feed-operation.ts';
import type { LiveEngine } from '../live/live-engine.ts';
import type {
  CreateContext,
  FormatError,
  OperationRequest,
  PreparedOperation,
  PrepareOperation,
} from '../live/operation.ts';
import type { Rights } from '../services/rights.ts';

/** What WebSocket and SSE need of the rest of the hub to run an operation. */
export interface OperationPorts {
  readonly engine: LiveEngine;
  readonly prepareOperation: PrepareOperation;
  readonly createContext: CreateContext;
  readonly formatError: FormatError;
}

export type RunnableOperation =
  | { readonly kind: 'errors'; readonly errors: readonly GraphQLError[] }
  | { readonly kind: 'feed'; readonly feed: FeedOperation }
  | { readonly kind: 'other'; readonly prepared: PreparedOperation; readonly isMutation: boolean };

/** Prepares a request and says how it is to be run. Every error of the request comes as `errors`; never rejects. */
export async function toRunnable(
  ports: OperationPorts,
  request: OperationRequest,
  rights: Rights,
  resumeAfter?: string,
): Promise<RunnableOperation> {
  try {
    const prepared = await ports.prepareOperation(request, rights);
    if (isErrors(prepared)) return { kind: 'errors', errors: prepared };
    const feed = toFeedOperation(prepared, rights, ports.engine.fields, resumeAfter);
    if (feed) return { kind: 'feed', feed };
    const operation = getOperationAST(prepared.document, prepared.operationName)?.operation;
    return { kind: 'other', prepared, isMutation: operation === 'mutation' };
  } catch (error) {
    return { kind: 'errors', errors: [toGraphQLError(error, ports.formatError)] };
  }
}

/** Executes or subscribes in graphql's own way; errors in results are the caller's to format ({@link formatResult}). */
export function runPlainly(
  ports: OperationPorts,
  prepared: PreparedOperation,
  rights: Rights,
  signal: AbortSignal,
): Promise<ExecutionResult | AsyncGenerator<ExecutionResult, void, void>> {
  const { schema, document, operationName, variableValues } = prepared;
  const args = { schema, document, operationName, variableValues, contextValue: ports.createContext(rights, signal) };
  const isSubscription = getOperationAST(document, operationName)?.operation === 'subscription';
  return Promise.resolve(isSubscription ? subscribe(args) : execute(args)) as Promise<
    ExecutionResult | AsyncGenerator<ExecutionResult, void, void>
  >;
}

/** A result as a client may see it. */
export function formatResult(
  result: ExecutionResult,
  formatError: FormatError,
  extensions?: PreparedOperation['extensions'],
): object {
  const errors = result.errors?.map((error) => ({
    ...formatError(error),
    locations: error.locations,
    path: error.path,
  }));
  const all = { ...extensions, ...result.extensions };
  return { ...result, ...(errors && { errors }), ...(Object.keys(all).length > 0 && { extensions: all }) };
}

/** An error as a GraphQLError with nothing in it that a client may not see. */
export function toGraphQLError(error: unknown, formatError: FormatError): GraphQLError {
  if (error instanceof GraphQLError && !error.originalError) {
    // Raised by graphql itself for what the client sent, e.g. a variable of the wrong type.
    const extensions = { code: 'BAD_USER_INPUT', ...error.extensions };
    return new GraphQLError(error.message, { nodes: error.nodes ?? null, extensions });
  }
  const cause = error instanceof GraphQLError && error.originalError instanceof HubError ? error.originalError : error;
  const { message, extensions } = formatError(cause);
  return new GraphQLError(message, { extensions: { ...extensions } });
}

/** The answer to one subscription more than a connection may have. */
export function tooManySubscriptions(limit: number): LimitError {
  const message = `One connection may have ${limit} operations at a time. Complete some, or open another connection.`;
  return new LimitError('LIMIT_SUBSCRIPTIONS', message, { limit, requested: limit + 1 });
}

function isErrors(prepared: PreparedOperation | readonly GraphQLError[]): prepared is readonly GraphQLError[] {
  return Array.isArray(prepared);
}
