import { Arg, Args, ArgsType, Ctx, Field, ID, Resolver, Root, Subscription } from 'type-graphql';
import { Cursor } from '../../../schema/scalars/index.ts';
import {
  conflictFeed,
  deploymentFeed,
  dossierStatisticsFeed,
  FeedEvent,
  linkFeed,
  readinessFeed,
  serviceCoverageFeed,
  serviceHealthFeed,
  usageStatisticsFeed,
} from '../../../schema/types/feed.ts';
import { DossierDayFilter } from '../../../schema/types/inputs/dossier-filters.ts';
import {
  DeploymentFilter,
  LinkFilter,
  ReadinessFilter,
  ServiceCoverageFilter,
  ServiceHealthFilter,
} from '../../../schema/types/inputs/fact-filters.ts';
import { ChangeFilter, ConflictFilter } from '../../../schema/types/inputs/log-filters.ts';
import { SourceFilter } from '../../../schema/types/inputs/source-filter.ts';
import { UsageFilter } from '../../../schema/types/inputs/usage-filter.ts';
import { Source, SyncRun } from '../../../schema/types/operations-state.ts';
import { NotFoundError } from '../../errors/index.ts';
import { runByNumber } from '../../services/reading/sync-runs.ts';
import type { ApiContext } from '../context.ts';
import { followVisibleRuns } from '../follow-visible-runs.ts';
import { followVisibleSources, type SourceStatesArguments } from '../follow-visible-sources.ts';

@ArgsType()
class FeedArgs {
  @Field(() => Cursor, {
    nullable: true,
    description: 'Where the client has got to; what was committed after it comes first.',
  })
  after?: string | null;
}

@ArgsType()
class TypedFeedArgs extends FeedArgs {
  @Field(() => Boolean, { nullable: true, description: 'Sends what is, then what changes; both from one moment.' })
  snapshot?: boolean | null;
}

@ArgsType()
class ChangesFeedArgs extends FeedArgs {
  @Field(() => ChangeFilter, { nullable: true })
  filter?: ChangeFilter | null;
}

@ArgsType()
class DeploymentsFeedArgs extends TypedFeedArgs {
  @Field(() => DeploymentFilter, { nullable: true, description: 'What was before, or what is after, must pass.' })
  filter?: DeploymentFilter | null;
}

@ArgsType()
class ReadinessFeedArgs extends TypedFeedArgs {
  @Field(() => ReadinessFilter, { nullable: true, description: 'What was before, or what is after, must pass.' })
  filter?: ReadinessFilter | null;
}

@ArgsType()
class LinksFeedArgs extends TypedFeedArgs {
  @Field(() => LinkFilter, { nullable: true, description: 'What was before, or what is after, must pass.' })
  filter?: LinkFilter | null;
}

@ArgsType()
class ConflictsFeedArgs extends TypedFeedArgs {
  @Field(() => ConflictFilter, { nullable: true })
  filter?: ConflictFilter | null;
}

@ArgsType()
class ServiceCoverageFeedArgs extends TypedFeedArgs {
  @Field(() => ServiceCoverageFilter, { nullable: true, description: 'What was before, or what is after, must pass.' })
  filter?: ServiceCoverageFilter | null;
}

@ArgsType()
class ServiceHealthFeedArgs extends TypedFeedArgs {
  @Field(() => ServiceHealthFilter, { nullable: true })
  filter?: ServiceHealthFilter | null;
}

@ArgsType()
class UsageFeedArgs extends TypedFeedArgs {
  @Field(() => UsageFilter, { nullable: true })
  filter?: UsageFilter | null;
}

@ArgsType()
class DossierFeedArgs extends TypedFeedArgs {
  @Field(() => DossierDayFilter, { nullable: true })
  filter?: DossierDayFilter | null;
}

/** The live feed delivers these over WebSocket and SSE; executed in any other way they have nothing to give. */
const subscribe = (): never => {
  throw new Error('feed fields are delivered by the live feed');
};

@Resolver()
export class SubscriptionResolver {
  @Subscription(() => FeedEvent, {
    subscribe,
    description: 'The whole log, filtered: READY first, then every change in order.',
  })
  changes(@Root() event: object, @Args(() => ChangesFeedArgs) _args: ChangesFeedArgs) {
    return event;
  }

  @Subscription(() => deploymentFeed.Event, { subscribe, description: 'Changes of deployments.' })
  deployments(@Root() event: object, @Args(() => DeploymentsFeedArgs) _args: DeploymentsFeedArgs) {
    return event;
  }

  @Subscription(() => readinessFeed.Event, { subscribe, description: 'Changes of readiness.' })
  readiness(@Root() event: object, @Args(() => ReadinessFeedArgs) _args: ReadinessFeedArgs) {
    return event;
  }

  @Subscription(() => linkFeed.Event, { subscribe, description: 'Changes of links.' })
  links(@Root() event: object, @Args(() => LinksFeedArgs) _args: LinksFeedArgs) {
    return event;
  }

  @Subscription(() => serviceCoverageFeed.Event, { subscribe, description: 'Changes of what provinces offer.' })
  serviceCoverage(@Root() event: object, @Args(() => ServiceCoverageFeedArgs) _args: ServiceCoverageFeedArgs) {
    return event;
  }

  @Subscription(() => serviceHealthFeed.Event, {
    subscribe,
    description: 'Health as it is measured, and corrected; the snapshot has the latest of each system.',
  })
  serviceHealth(@Root() event: object, @Args(() => ServiceHealthFeedArgs) _args: ServiceHealthFeedArgs) {
    return event;
  }

  @Subscription(() => usageStatisticsFeed.Event, {
    subscribe,
    description: "Use of the Party's document system as it is told, and corrected.",
  })
  usageStatistics(@Root() event: object, @Args(() => UsageFeedArgs) _args: UsageFeedArgs) {
    return event;
  }

  @Subscription(() => dossierStatisticsFeed.Event, {
    subscribe,
    description: 'Dossiers as they come in, added up by province and day: one change of each in a transaction.',
  })
  dossierStatistics(@Root() event: object, @Args(() => DossierFeedArgs) _args: DossierFeedArgs) {
    return event;
  }

  @Subscription(() => conflictFeed.Event, { subscribe, description: 'Conflicts as they open, change and close.' })
  conflicts(@Root() event: object, @Args(() => ConflictsFeedArgs) _args: ConflictsFeedArgs) {
    return event;
  }

  @Subscription(() => SyncRun, {
    subscribe: ({ args, context }) =>
      followVisibleRuns(context as ApiContext, args.source as string | null | undefined),
    description: 'Runs as they begin, go on and end; of one source or of all.',
  })
  async syncRunProgress(
    @Root() number: number,
    @Arg('source', () => ID, { nullable: true }) _source: string | null,
    @Ctx() context: ApiContext,
  ) {
    context.renew();
    const run = await runByNumber(context, number);
    if (!run) throw new NotFoundError('run', String(number));
    return run;
  }

  @Subscription(() => Source, {
    subscribe: ({ args, context }) => followVisibleSources(context as ApiContext, args as SourceStatesArguments),
    description:
      'A source whenever its state changed: a run began, went on or ended, somebody acted on it, something was noticed, a conflict with it opened or closed, its health changed.',
  })
  sources(
    @Root() code: string,
    @Arg('filter', () => SourceFilter, { nullable: true }) _filter: SourceFilter | null,
    @Arg('snapshot', () => Boolean, { nullable: true, description: 'Sends each source first, as it is.' })
    _snapshot: boolean | null,
    @Ctx() context: ApiContext,
  ) {
    context.renew();
    return context.reference.get('Source', code);
  }
}
