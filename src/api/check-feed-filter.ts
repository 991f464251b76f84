import { type GraphQLError, getOperationAST } from 'graphql';
import type { FeedField } from '../live/feed-field.ts';
import { toFeedOperation } from '../live/feed-operation.ts';
import type { PreparedOperation, PrepareOperation } from '../live/operation.ts';
import { type Prepare, toGraphQLError } from './prepare-operation.ts';

/**
 * Adds to the preparation what can only be said of a subscription to the feed: an unknown code in its filter, or a text
 * that is no cursor, is a mistake of the request, told before anything begins.
 */
export function withFeedCheck(prepare: Prepare, fields: readonly FeedField[]): PrepareOperation {
  const byName = new Map(fields.map((field) => [field.fieldName, field]));
  return (request, rights) => {
    const prepared = prepare(request, rights);
    if (!isSubscription(prepared)) return prepared;
    try {
      const operation = toFeedOperation(prepared, rights, byName);
      operation?.field.filterOf(operation.args);
      return prepared;
    } catch (error) {
      return [toGraphQLError(error)];
    }
  };
}

function isSubscription(prepared: PreparedOperation | readonly GraphQLError[]): prepared is PreparedOperation {
  if (!('document' in prepared)) return false;
  return getOperationAST(prepared.document, prepared.operationName)?.operation === 'subscription';
}
