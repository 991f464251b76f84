import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { ConnectorError } from './connector-error.ts';
import { RecordError } from './record-error.ts';

const errorShape = z.object({
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).nullish(),
  extensions: z.object({ code: z.string().optional() }).nullish(),
});
const answerShape = z.object({
  data: z.record(z.string(), z.json()).nullish(),
  errors: z.array(errorShape).nullish(),
});
const connectionShape = z.object({
  edges: z.array(z.object({ node: z.json().optional() }).nullable()),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  totalCount: z.number().int().nonnegative().optional(),
});
type GraphqlError = z.infer<typeof errorShape>;

/** A connection in the manner of Relay, as one answer gives it. */
export type GraphqlConnection = z.infer<typeof connectionShape> & {
  /** The answer says that something in it could not be given. */
  readonly hasErrors: boolean;
};

/**
 * The error code of an answer without data: `extensions.code` of its first error, else `GRAPHQL_ERROR`. An answer with
 * errors beside its data is a success in part, see {@link connectionNodes}.
 */
export function graphqlErrorCode(body: Json): string | undefined {
  const answer = answerShape.safeParse(body).data;
  if (!answer?.errors?.length || answer.data) return undefined;
  return answer.errors[0]?.extensions?.code ?? 'GRAPHQL_ERROR';
}

/** Whether an answer says that something in it could not be given: what is not there is then not known to be absent. */
export function hasGraphqlErrors(body: Json): boolean {
  return (answerShape.safeParse(body).data?.errors?.length ?? 0) > 0;
}

/** The connection at a path of the answer's data; undefined where there is none. */
export function connectionIn(body: Json, path: readonly string[]): GraphqlConnection | undefined {
  const { data, errors } = answerShape.parse(body);
  let at: unknown = data;
  for (const name of path)
    at = at !== null && typeof at === 'object' ? (at as Record<string, unknown>)[name] : undefined;
  const connection = connectionShape.safeParse(at).data;
  return connection && { ...connection, hasErrors: (errors?.length ?? 0) > 0 };
}

/**
 * The nodes of a connection. In place of one that could not be given stands a {@link RecordError} with the upstream's
 * reason: it becomes a rejection, and the others go on. Throws UPSTREAM_SYSTEM where an error took the connection itself.
 */
export function connectionNodes(body: Json, path: readonly string[]): unknown[] {
  const connection = connectionIn(body, path);
  const errors = answerShape.parse(body).errors ?? [];
  if (!connection) {
    const reason = errors[0]?.message ?? 'it is missing';
    if (errors.length === 0) throw ConnectorError.of('contract', `The upstream's answer has no ${path.join('.')}.`);
    throw ConnectorError.of('system', `The upstream could not give ${path.join('.')}.`, `GraphQL error: ${reason}`);
  }
  const marked = markerShape.safeParse(body).data?.extensions.sandbox;
  return connection.edges.map((edge, index): unknown => {
    if (edge?.node === undefined || edge.node === null) return missing(errors, [...path, 'edges', index]);
    return marked ? withMarker(edge.node, marked) : edge.node;
  });
}

/** Set by the sandbox only: the markers of nodes, by id. A query has no room for a field that the schema has not. */
const markerShape = z.object({ extensions: z.object({ sandbox: z.record(z.string(), z.json()) }) });

function withMarker(node: Json, marked: Readonly<Record<string, Json>>): Json {
  const { id } = node as { readonly id?: string };
  return id === undefined || marked[id] === undefined ? node : { ...(node as object), _sandbox: marked[id] };
}

function missing(errors: readonly GraphqlError[], path: readonly (string | number)[]): RecordError {
  const own = errors.find((error) => path.every((part, index) => error.path?.[index] === part));
  const reason = own?.message.slice(0, 300) ?? 'no reason is told';
  return new RecordError(`the upstream could not give it: ${reason}`, path.join('.'));
}
