import { buildSchema, GraphQLError, type GraphQLObjectType, type GraphQLSchema, parse, validate } from 'graphql';
import type { LoggedChange } from '../../../src/live/change-source.ts';
import type { FeedField, SnapshotRows } from '../../../src/live/feed-field.ts';
import type { CreateContext, FormatError, PrepareOperation } from '../../../src/live/operation.ts';

/** A small schema with the shapes of the real one: a whole-log field, a typed field with snapshot, and a plain one. */
const SDL = /* GraphQL */ `
  scalar Cursor
  scalar JSON
  type Query { hello: String! fail: String }
  type Mutation { touch: Boolean! }
  type Subscription {
    changes(after: Cursor, kinds: [String!]): FeedEvent!
    deployments(after: Cursor, snapshot: Boolean, province: String): DeploymentEvent!
    countdown(from: Int!): Int!
  }
  union FeedEvent = FeedReady | Change | FeedGap | FeedMustRefetch | FeedGoingAway
  union DeploymentEvent = FeedReady | Change | DeploymentSnapshot | FeedGap | FeedMustRefetch | FeedGoingAway
  type FeedReady { cursor: Cursor! }
  type FeedGap { cursor: Cursor! from: Cursor! to: Cursor! }
  type FeedMustRefetch { cursor: Cursor! reason: String! }
  type FeedGoingAway { cursor: Cursor! reason: String! }
  type Transaction { id: Float! last: Boolean! }
  type Change {
    cursor: Cursor! seq: Float! kind: String! entityId: String! operation: String!
    after: JSON transaction: Transaction! province: String loaded: String
  }
  type Deployment { id: String! status: String }
  type DeploymentSnapshot { cursor: Cursor! nodes: [Deployment!]! complete: Boolean! }
`;

export interface TestContext {
  /** Loads something for a change, as an entity would be; counted by tests. */
  load?: (id: string) => Promise<string>;
}

export function createTestSchema(): GraphQLSchema {
  const schema = buildSchema(SDL);
  const subscription = schema.getSubscriptionType()?.getFields() ?? {};
  for (const name of ['changes', 'deployments'])
    (subscription[name] as { resolve: unknown }).resolve = (event: unknown) => event;
  Object.assign(subscription.countdown as object, {
    resolve: (value: number) => value,
    subscribe: async function* (_root: unknown, { from }: { from: number }) {
      for (let value = from; value > 0; value--) yield value;
    },
  });
  for (const name of ['FeedEvent', 'DeploymentEvent']) {
    Object.assign(schema.getType(name) as object, {
      resolveType: ({ type }: { type: string }) => (type === 'Snapshot' ? 'DeploymentSnapshot' : type),
    });
  }
  const change = (schema.getType('Change') as GraphQLObjectType).getFields();
  Object.assign(change.loaded as object, {
    resolve: ({ entityId }: { entityId: string }, _args: unknown, { load }: TestContext) => load?.(entityId) ?? null,
  });
  const query = schema.getQueryType()?.getFields() ?? {};
  Object.assign(query.hello as object, { resolve: () => 'xin chào' });
  Object.assign(query.fail as object, {
    resolve: () => {
      throw new Error('select secret from table');
    },
  });
  Object.assign(schema.getMutationType()?.getFields().touch as object, { resolve: () => true });
  return schema;
}

export function createTestFields(snapshot?: () => Promise<SnapshotRows>): FeedField[] {
  const toEvent = (change: LoggedChange, cursor: string) => ({
    type: 'Change' as const,
    cursor,
    ...change,
    transaction: { id: change.tx, last: change.last },
  });
  return [
    {
      fieldName: 'changes',
      kinds: null,
      toEvent,
      filterOf:
        ({ kinds }) =>
        (change) =>
          !kinds || (kinds as string[]).includes(change.kind),
    },
    {
      fieldName: 'deployments',
      kinds: ['deployment'],
      toEvent,
      filterOf:
        ({ province }) =>
        (change) =>
          province === undefined || province === null || change.province === province,
      ...(snapshot && { snapshot }),
    },
  ];
}

export function createTestPrepare(schema: GraphQLSchema): PrepareOperation {
  return ({ query, operationName, variables }) => {
    try {
      const document = parse(query);
      const errors = validate(schema, document);
      if (errors.length > 0) return errors;
      return { schema, document, operationName: operationName ?? undefined, variableValues: variables ?? {} };
    } catch (error) {
      return [error as GraphQLError];
    }
  };
}

export const createTestContext: CreateContext = () => ({});

/** Hides what is not ours, as the hub's own masking does. */
export const formatTestError: FormatError = (error) => {
  const cause = error instanceof GraphQLError && error.originalError ? error.originalError : (error as Error);
  const code = (cause as { code?: string }).code ?? (cause as GraphQLError).extensions?.code;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code)
    ? { message: cause.message, extensions: { code } }
    : { message: 'Something went wrong.', extensions: { code: 'INTERNAL_SERVER_ERROR' } };
};

/** What a client reads of every event. */
export const CHANGES = /* GraphQL */ `
  subscription Changes($after: Cursor, $kinds: [String!]) {
    changes(after: $after, kinds: $kinds) {
      __typename
      ... on FeedReady { cursor }
      ... on Change { cursor seq kind entityId transaction { id last } }
      ... on FeedMustRefetch { cursor reason }
      ... on FeedGoingAway { cursor reason }
    }
  }
`;

export const DEPLOYMENTS = /* GraphQL */ `
  subscription Deployments($after: Cursor, $snapshot: Boolean, $province: String) {
    deployments(after: $after, snapshot: $snapshot, province: $province) {
      __typename
      ... on FeedReady { cursor }
      ... on Change { cursor seq entityId after transaction { id last } }
      ... on DeploymentSnapshot { cursor complete nodes { id status } }
      ... on FeedMustRefetch { cursor reason }
      ... on FeedGoingAway { cursor reason }
    }
  }
`;
