import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import type { Rights } from '../services/rights.ts';

/** What a client sends, whatever the transport; not checked yet. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly extensions?: Readonly<Record<string, unknown>> | null;
}

/** An operation that parsed, is valid, and is within the limits and the rights of its caller. */
export interface PreparedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | undefined;
  /** As sent; graphql coerces them on execution. */
  readonly variableValues: Readonly<Record<string, unknown>>;
  /** What goes into the result's `extensions`, e.g. `{ cost: { requested, limit } }`. */
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** Parses, validates and applies the limits. The same function serves HTTP, WebSocket and SSE. Never throws for bad input. */
export type PrepareOperation = (
  request: OperationRequest,
  rights: Rights,
) => PreparedOperation | readonly GraphQLError[] | Promise<PreparedOperation | readonly GraphQLError[]>;

/** The context value for one execution (fresh loaders); `signal` ends what it waits for. */
export type CreateContext = (rights: Rights, signal: AbortSignal) => object;

/** An error as a client may see it: message, code in `extensions`, never a stack or an SQL text. */
export type FormatError = (error: unknown) => {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
};
