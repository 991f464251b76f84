import { createUnionType, Field, ObjectType } from 'type-graphql';
import { GoingAwayReason, MustRefetchReason } from '../scalars/enums.ts';
import { Cursor } from '../scalars/index.ts';
import { Change } from './change.ts';
import { Conflict } from './conflict.ts';
import { DossierDay } from './dossiers.ts';
import { Deployment, Link, Readiness, ServiceCoverage } from './facts.ts';
import { ServiceHealth } from './service-health.ts';
import { UsageStatistics } from './usage.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'The first message of a subscription: every change committed after the cursor follows, once, in order.',
})
export class FeedReady {
  @Field(() => Cursor)
  cursor!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Changes were left out because the client was too slow: those after `from` up to and with `to`.',
})
export class FeedGap {
  @Field(() => Cursor, { description: 'Where to go on.' })
  cursor!: string;

  @Field(() => Cursor, { description: 'The last one that was delivered.' })
  from!: string;

  @Field(() => Cursor, { description: 'The last one that was left out.' })
  to!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'The cursor given cannot be resumed: too old, of another log, or of the future. Fetch anew; changes go on after `cursor`.',
})
export class FeedMustRefetch {
  @Field(() => Cursor)
  cursor!: string;

  @Field(() => MustRefetchReason)
  reason!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The hub is about to end the subscription. Connect again with the cursor; nothing is lost.',
})
export class FeedGoingAway {
  @Field(() => Cursor)
  cursor!: string;

  @Field(() => GoingAwayReason)
  reason!: string;
}

/** Its members are told apart by the tag `type` of the event; `src/api/build-schema.ts` sees to it. */
export const FeedEvent = createUnionType({
  name: 'FeedEvent',
  description: 'What `changes` delivers.',
  types: () => [FeedReady, Change, FeedGap, FeedMustRefetch, FeedGoingAway] as const,
});

/** The snapshot page, the change and the union of events of one typed subscription. */
function createTypedFeed(name: string, nodeType: () => abstract new () => object) {
  @ObjectType(`${name}Snapshot`, {
    simpleResolvers: true,
    description: 'A page of what is, as of `cursor`. Changes after it follow.',
  })
  class Snapshot {
    @Field(() => Cursor)
    cursor!: string;

    @Field(() => [nodeType()])
    nodes!: object[];

    @Field({ description: 'Whether this is the last page.' })
    complete!: boolean;
  }

  @ObjectType(`${name}Change`, { simpleResolvers: true, description: 'A change, with the entity in its own type.' })
  class TypedChange extends Change {
    @Field(() => nodeType(), { description: 'As it is after the change; for what was removed, as it was before.' })
    node!: object;
  }

  const Event = createUnionType({
    name: `${name}Event`,
    description: 'What the subscription delivers.',
    types: () => [FeedReady, Snapshot, TypedChange, FeedGap, FeedMustRefetch, FeedGoingAway] as const,
  });
  return { Snapshot, TypedChange, Event };
}

export const deploymentFeed = createTypedFeed('Deployment', () => Deployment);
export const readinessFeed = createTypedFeed('Readiness', () => Readiness);
export const linkFeed = createTypedFeed('Link', () => Link);
export const conflictFeed = createTypedFeed('Conflict', () => Conflict);
export const serviceCoverageFeed = createTypedFeed('ServiceCoverage', () => ServiceCoverage);
export const serviceHealthFeed = createTypedFeed('ServiceHealth', () => ServiceHealth);
export const usageStatisticsFeed = createTypedFeed('UsageStatistics', () => UsageStatistics);
export const dossierStatisticsFeed = createTypedFeed('DossierStatistics', () => DossierDay);
