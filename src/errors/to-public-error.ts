import { randomUUID } from 'node:crypto';
import type { Logger } from '../lib/logger.ts';
import { type ErrorCode, HubError } from './hub-error.ts';
import { recogniseGraphqlError } from './recognise-graphql-error.ts';

export interface PublicError {
  readonly message: string;
  readonly code: ErrorCode;
  /** For `extensions` of a GraphQL error; holds `code` and `retryable` too. */
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: ErrorCode; readonly retryable: boolean };
}

export interface MaskingOptions {
  /** Where unknown errors are logged, whole. */
  readonly logger?: Logger;
  readonly newIncidentId?: () => string;
}

export type ErrorTranslator = (error: unknown) => unknown;

const translators = new Set<ErrorTranslator>();

/**
 * Adds what recognises the faults of one technology, e.g. the database's by SQLSTATE; whoever opens the technology
 * registers it, since this folder knows none of them. Registering twice is once.
 */
export function registerErrorTranslator(translate: ErrorTranslator): void {
  translators.add(translate);
}

/**
 * What a client may see of an error: the one masking function of HTTP, WebSocket, SSE and the command line. Our own
 * errors and mistakes in a GraphQL document are shown as they are. Anything else is a fault of ours: it is logged whole
 * with an incident id, and the client gets that id and nothing more. Never throws.
 */
export function toPublicError(error: unknown, options: MaskingOptions = {}): PublicError {
  const known = recognise(error);
  if (known) return known;
  const incident = (options.newIncidentId ?? newIncidentId)();
  options.logger?.error({ err: error, incident }, 'unexpected error');
  return publicError('INTERNAL_SERVER_ERROR', `Something went wrong in the hub. Report it as incident ${incident}.`, {
    incident,
  });
}

function recognise(error: unknown): PublicError | undefined {
  const ours = findHubError(error);
  if (ours) return publicError(ours.code, ours.message, ours.details, ours.retryable);
  const graphql = recogniseGraphqlError(error);
  return graphql && publicError(graphql.code, graphql.message, {});
}

/** Ours, or what a translator makes of it, also below the wrapping that GraphQL puts around an error of a resolver. */
function findHubError(error: unknown): HubError | undefined {
  for (let at: unknown = error, depth = 0; at && depth < 5; depth++) {
    if (at instanceof HubError) return at;
    for (const translate of translators) {
      const translated = translate(at);
      if (translated instanceof HubError) return translated;
    }
    at = (at as { originalError?: unknown }).originalError;
  }
  return undefined;
}

function publicError(
  code: ErrorCode,
  message: string,
  details: Readonly<Record<string, unknown>>,
  retryable = false,
): PublicError {
  return { message, code, extensions: { ...details, code, retryable } };
}

function newIncidentId(): string {
  return randomUUID().slice(0, 8);
}
