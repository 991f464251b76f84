import 'reflect-metadata';
import { type GraphQLSchema, isInterfaceType, isUnionType } from 'graphql';
import { buildSchemaSync, type NonEmptyArray } from 'type-graphql';
import { CriterionResolver } from './resolvers/criterion.resolver.ts';
import { DescribedResolver, ProvenanceResolver } from './resolvers/described.resolver.ts';
import { DossierDayResolver, DossierStatisticsResolver, DossierTotalResolver } from './resolvers/dossiers.resolver.ts';
import { FactListsResolver } from './resolvers/fact-lists.resolver.ts';
import {
  CriterionCountResolver,
  DeploymentResolver,
  LinkResolver,
  ReadinessResolver,
  ServiceCoverageResolver,
  VendorCountResolver,
} from './resolvers/facts.resolver.ts';
import { CorrectionResolver, RejectionResolver, SyncRunResolver } from './resolvers/hub-state.resolver.ts';
import { ChangeResolver, ConflictClaimResolver, ConflictResolver } from './resolvers/log.resolver.ts';
import { MeasuredResolver, MeasurementClaimResolver } from './resolvers/measured.resolver.ts';
import { MutationResolver } from './resolvers/mutation.resolver.ts';
import { NodeResolver } from './resolvers/node.resolver.ts';
import { ProvinceResolver } from './resolvers/province.resolver.ts';
import { SystemResolver, TargetResolver, VendorResolver } from './resolvers/reference.resolver.ts';
import { ServiceHealthResolver, VendorShareResolver } from './resolvers/shares.resolver.ts';
import { SourceActionResolver, SourceNoticeResolver, SourceResolver } from './resolvers/source.resolver.ts';
import { SourceActionsResolver } from './resolvers/source-actions.resolver.ts';
import { SubscriptionResolver } from './resolvers/subscription.resolver.ts';
import {
  AggregatesResolver,
  DeploymentAggregateResolver,
  LinkAggregateResolver,
  ReadinessAggregateResolver,
} from './resolvers/summaries.resolver.ts';
import { UnitResolver, UsageStatisticsResolver, UsageTotalResolver } from './resolvers/usage.resolver.ts';

const resolvers: NonEmptyArray<new () => object> = [
  NodeResolver,
  ProvinceResolver,
  SystemResolver,
  VendorResolver,
  TargetResolver,
  CriterionResolver,
  FactListsResolver,
  DescribedResolver,
  ProvenanceResolver,
  DeploymentResolver,
  ReadinessResolver,
  LinkResolver,
  ServiceCoverageResolver,
  VendorCountResolver,
  CriterionCountResolver,
  MeasuredResolver,
  MeasurementClaimResolver,
  ServiceHealthResolver,
  DossierStatisticsResolver,
  DossierTotalResolver,
  DossierDayResolver,
  UnitResolver,
  UsageStatisticsResolver,
  UsageTotalResolver,
  VendorShareResolver,
  AggregatesResolver,
  DeploymentAggregateResolver,
  ReadinessAggregateResolver,
  LinkAggregateResolver,
  ChangeResolver,
  ConflictResolver,
  ConflictClaimResolver,
  SourceResolver,
  SourceActionResolver,
  SourceNoticeResolver,
  SyncRunResolver,
  RejectionResolver,
  CorrectionResolver,
  MutationResolver,
  SourceActionsResolver,
  SubscriptionResolver,
];

/** TypeGraphQL wants one for its own subscriptions; ours bring their own `subscribe`. */
const noPubSub = {
  publish: (): never => {
    throw new Error('nothing is published through TypeGraphQL');
  },
  subscribe: (): never => {
    throw new Error('nothing is published through TypeGraphQL');
  },
};

/** The executable schema. */
export function buildHubSchema(): GraphQLSchema {
  const schema = buildSchemaSync({ resolvers, validate: false, pubSub: noPubSub as never });
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInterfaceType(type)) type.resolveType = (value) => (value as { __typename: string }).__typename;
    if (isUnionType(type)) type.resolveType = memberOf(type.name);
  }
  return schema;
}

/**
 * Feed events are told apart by their tag. A `Change` or a `Snapshot` of a typed union has its own type: of
 * `DeploymentEvent` they are `DeploymentChange` and `DeploymentSnapshot`. At once rather than by a promise, which is what
 * TypeGraphQL makes of it, since this is done for every event.
 */
function memberOf(union: string): (event: unknown) => string {
  const prefix = union === 'FeedEvent' ? '' : union.slice(0, -'Event'.length);
  return (event) => {
    const { type } = event as { type: string };
    return type === 'Change' || type === 'Snapshot' ? `${prefix}${type}` : type;
  };
}
