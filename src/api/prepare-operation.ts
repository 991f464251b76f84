import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  parse,
  validate,
} from 'graphql';
import { ForbiddenError, HubError } from '../errors/index.ts';
import type { OperationRequest, PreparedOperation } from '../live/operation.ts';
import type { Rights } from '../services/rights.ts';
import { checkAliases, checkDocumentSize, checkMeasure } from './limits/check-limits.ts';
import { countAliases } from './limits/count-aliases.ts';
import type { ApiLimits } from './limits/limits.ts';
import { measureOperation } from './limits/measure-operation.ts';

/** Tokens of a document; a byte limit alone lets `{a a a …}` through, which takes long to validate. */
const MAX_TOKENS = 20_000;
/** Mistakes that are told at once. */
const MAX_ERRORS = 20;
/** Documents that are kept parsed and validated, and the longest that is kept. */
const KEPT_DOCUMENTS = 1_000;
const KEPT_BYTES = 20_000;

const PUSHES_ONLY = 'A key of role source may only push what its sources say; reading takes a viewer.';

type Checked = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] };

export type Prepare = (request: OperationRequest, rights: Rights) => PreparedOperation | readonly GraphQLError[];

/**
 * Makes the one function by which HTTP, WebSocket and SSE turn what a client sent into what can be executed: role, size, syntax,
 * aliases, validity, variables, page size, depth, cost, in this order. It never throws for bad input. Clients send the same documents
 * over and over, so those are parsed and validated once; what depends on variables is looked at each time.
 */
export function createPrepareOperation(schema: GraphQLSchema, limits: ApiLimits): Prepare {
  const kept = new Map<string, Checked>();

  const check = (query: string): Checked => {
    const known = kept.get(query);
    if (known) return known;
    const checked = checkDocument(schema, query, limits);
    if ('document' in checked && query.length <= KEPT_BYTES) {
      if (kept.size >= KEPT_DOCUMENTS) kept.delete(kept.keys().next().value as string);
      kept.set(query, checked);
    }
    return checked;
  };

  return (request, rights) => {
    if (rights.role === 'source') return [toGraphQLError(new ForbiddenError(PUSHES_ONLY))];
    const checked = check(request.query);
    if ('errors' in checked) return checked.errors;
    const { document } = checked;
    const operation = getOperationAST(document, request.operationName);
    if (!operation) return [unknownOperation(request.operationName)];
    const variableValues = request.variables ?? {};
    const variables = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues, {
      maxErrors: MAX_ERRORS,
    });
    if (variables.errors) return variables.errors.map((error) => withCode(error, 'BAD_USER_INPUT'));
    try {
      const measure = measureOperation(schema, document, operation, variables.coerced);
      checkMeasure(measure, limits);
      return {
        schema,
        document,
        operationName: request.operationName ?? undefined,
        variableValues,
        extensions: { cost: { requested: measure.cost, limit: limits.maxCost } },
      };
    } catch (error) {
      return [toGraphQLError(error)];
    }
  };
}

function checkDocument(schema: GraphQLSchema, query: string, limits: ApiLimits): Checked {
  try {
    checkDocumentSize(query, limits);
    const document = parse(query, { maxTokens: MAX_TOKENS });
    checkAliases(countAliases(document), limits);
    const errors = validate(schema, document, undefined, { maxErrors: MAX_ERRORS });
    return errors.length > 0
      ? { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) }
      : { document };
  } catch (error) {
    return {
      errors: [error instanceof GraphQLError ? withCode(error, 'GRAPHQL_PARSE_FAILED') : toGraphQLError(error)],
    };
  }
}

function unknownOperation(name: string | null | undefined): GraphQLError {
  const message = name
    ? `Unknown operation named "${name}".`
    : 'Must provide operation name if query contains multiple operations, or none at all.';
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes, source, positions, path, originalError, extensions } = error;
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    path,
    originalError,
    extensions: { code, ...extensions },
  });
}

/** An error of ours as GraphQL's; any other is thrown on. */
export function toGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  if (!(error instanceof HubError)) throw error;
  return new GraphQLError(error.message, {
    extensions: { ...error.details, code: error.code, retryable: error.retryable },
  });
}
