import { ERROR_CODES, type ErrorCode } from './hub-error.ts';

/** Codes of Apollo Server that the closed list calls otherwise. */
const OTHER_NAMES: Readonly<Record<string, ErrorCode>> = {
  BAD_REQUEST: 'BAD_USER_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_USER_INPUT',
  PERSISTED_QUERY_NOT_FOUND: 'BAD_USER_INPUT',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_USER_INPUT',
};

interface GraphqlErrorShape {
  readonly name: string;
  readonly message: string;
  readonly path?: readonly unknown[];
  readonly extensions?: { readonly code?: unknown };
  readonly originalError?: unknown;
}

/**
 * A mistake in the document, its variables or its operation name, which GraphQL's own words explain best. Undefined for
 * everything that came up while executing without a code of ours: that may hold anything.
 *
 * Told by shape rather than by class, since the errors of Apollo Server and of graphql-ws come about in different ways
 * and only Apollo puts codes on them.
 */
export function recogniseGraphqlError(error: unknown): { code: ErrorCode; message: string } | undefined {
  if (!isGraphqlError(error)) return undefined;
  const { message } = error;
  const code = codeOf(error) ?? (error.path === undefined ? codeByPhase(message) : undefined);
  return code && { code, message: shortened(message) };
}

function isGraphqlError(error: unknown): error is GraphqlErrorShape {
  return error instanceof Error && (error.name === 'GraphQLError' || error.name === 'BadRequestError');
}

function codeOf({ extensions }: GraphqlErrorShape): ErrorCode | undefined {
  const code = String(extensions?.code ?? '');
  if (code === 'INTERNAL_SERVER_ERROR') return undefined;
  return OTHER_NAMES[code] ?? ERROR_CODES.find((known) => known === code);
}

/** Before execution there is no path; which phase it was, only the words say. */
function codeByPhase(message: string): ErrorCode {
  if (message.startsWith('Syntax Error')) return 'GRAPHQL_PARSE_FAILED';
  const isAboutRequest = /^(Variable "\$|Must provide|Unknown operation named|Query root type)/.test(message);
  return isAboutRequest ? 'BAD_USER_INPUT' : 'GRAPHQL_VALIDATION_FAILED';
}

/** A value that came in is told back, but no longer than is of use. */
function shortened(message: string): string {
  return message.length > 1_000 ? `${message.slice(0, 1_000)}…` : message;
}
