import { Arg, Args, Ctx, FieldResolver, Float, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { DateTime } from '../../../schema/scalars/index.ts';
import { SourceFreshness, SourceHealth, SourceStatus } from '../../../schema/scalars/source-enums.ts';
import { PageArgs } from '../../../schema/types/arguments.ts';
import { SourceActionConnection } from '../../../schema/types/connections.ts';
import { SourceFilter } from '../../../schema/types/inputs/source-filter.ts';
import { Source, SourceHoldings, SyncRun } from '../../../schema/types/operations-state.ts';
import { SourceAction, SourceNotice, StreamCheckpoint } from '../../../schema/types/source-state.ts';
import { NotFoundError } from '../../errors/index.ts';
import { keyOfArgument } from '../../services/reading/global-id.ts';
import { requireVisible, visibleSources } from '../../services/reading/sources.ts';
import { holdingsOf, lastRunOf, runByNumber } from '../../services/reading/sync-runs.ts';
import type { SourceView } from '../../services/reading/views.ts';
import { pageOfActions, type SourceActionView } from '../../services/sources/actions.ts';
import { checkpointsOf } from '../../services/sources/checkpoints.ts';
import { openConflictsOf, openRejectionsOf, rejectionsSince } from '../../services/sources/counts.ts';
import { nextRunOf } from '../../services/sources/next-run.ts';
import { noticesOf, type SourceNoticeView } from '../../services/sources/notices.ts';
import { sourcePredicate } from '../../services/sources/source-filter.ts';
import { freshnessOf, stateOf } from '../../services/sources/source-state.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';

/** Sources that an installation of all provinces has, voices included. */
const USUAL_SOURCES = 90;

@Resolver(() => Source)
export class SourceResolver {
  @listOf(USUAL_SOURCES)
  @Query(() => [Source], { description: 'Every voice that makes claims.' })
  async sources(
    @Arg('filter', () => SourceFilter, { nullable: true }) filter: SourceFilter | null,
    @Arg('health', () => [SourceHealth], { nullable: true, description: 'Any of them.' }) health: string[] | null,
    @Ctx() context: ApiContext,
  ) {
    const found = visibleSources(context).filter(sourcePredicate(filter, context.reference));
    if (!health) return found;
    const states = await Promise.all(found.map((source) => stateOf(context, source)));
    return found.filter((_source, index) => health.includes(states[index]?.health ?? ''));
  }

  @Query(() => Source, { nullable: true })
  source(@Arg('code', () => ID, { description: 'The code, or the id.' }) code: string, @Ctx() context: ApiContext) {
    const wanted = keyOfArgument('Source', code);
    const found = visibleSources(context).find((source) => source.code === wanted);
    if (!found) throw new NotFoundError('source', code);
    return found;
  }

  @FieldResolver(() => Source, { nullable: true, description: 'Of a voice: the source that delivers it.' })
  parent(@Root() source: SourceView, @Ctx() { reference }: ApiContext) {
    return source.parentCode && reference.get('Source', source.parentCode);
  }

  @FieldResolver(() => SourceStatus)
  async status(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return (await stateOf(context, source)).status;
  }

  @FieldResolver(() => DateTime, { nullable: true, description: 'Since when it is paused.' })
  async pausedAt(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return (await stateOf(context, source)).pausedAt;
  }

  @FieldResolver(() => SourceHealth)
  async health(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return (await stateOf(context, source)).health;
  }

  @FieldResolver(() => String, { description: 'Why its health is so, and since when; for people.' })
  async healthReason(@Root() source: SourceView, @Ctx() context: ApiContext) {
    requireVisible(context, source.code);
    return (await stateOf(context, source)).healthReason;
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When a run last ended that read what there was, rejected records aside.',
  })
  async lastSuccessAt(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return (await stateOf(context, source)).lastSuccessAt;
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description:
      'Seconds that it is behind its schedule: since the run was due that should have followed the last success. 0 in time; null where nothing is due, or nothing was read yet.',
  })
  async lagSeconds(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return (await stateOf(context, source)).lagSeconds;
  }

  @FieldResolver(() => SourceFreshness)
  async freshness(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return (await freshnessOf(context, source)).freshness;
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'Since when it was not heard within the time that it counts for; null while it is fresh.',
  })
  async staleSince(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return (await freshnessOf(context, source)).staleSince;
  }

  @FieldResolver(() => SyncRun, { nullable: true, description: 'Its newest run.' })
  lastRun(@Root() source: SourceView, @Ctx() context: ApiContext) {
    requireVisible(context, source.code);
    return lastRunOf(context, source.code);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When it is due next by its schedule; null while it is paused, and where it has none.',
  })
  nextRunAt(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return nextRunOf(context, source, context.parts.nextRuns);
  }

  @FieldResolver(() => SourceHoldings, { description: 'What the hub now holds of it.' })
  holdings(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return holdingsOf(context, source.code);
  }

  @FieldResolver(() => Int, {
    description: 'Records that were rejected and have not been settled; equal ones count once.',
  })
  openRejections(@Root() source: SourceView, @Ctx() context: ApiContext) {
    requireVisible(context, source.code);
    return openRejectionsOf(context, source.code);
  }

  @FieldResolver(() => Int, {
    description: 'Records that were rejected at that time or later, settled or not; equal ones count once.',
  })
  rejectionCount(@Root() source: SourceView, @Arg('since', () => DateTime) since: Date, @Ctx() context: ApiContext) {
    requireVisible(context, source.code);
    return rejectionsSince(context, source.code, since);
  }

  @FieldResolver(() => Int, { description: 'Disagreements with other sources that are open.' })
  openConflicts(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return openConflictsOf(context, source.code);
  }

  @listOf(5)
  @FieldResolver(() => [SourceNotice], { description: 'What of its answers its contract does not know, newest first.' })
  notices(
    @Root() source: SourceView,
    @Arg('settled', () => Boolean, { nullable: true, description: 'With those that have been seen to. Default false.' })
    settled: boolean | null,
    @Ctx() context: ApiContext,
  ) {
    requireVisible(context, source.code);
    return noticesOf(context, source.code, settled ?? false);
  }

  @listOf(3)
  @FieldResolver(() => [StreamCheckpoint], { description: 'Where the next run of each stream goes on.' })
  checkpoints(@Root() source: SourceView, @Ctx() context: ApiContext) {
    requireVisible(context, source.code);
    return checkpointsOf(context, source.code);
  }

  @FieldResolver(() => SourceActionConnection, { description: 'What people did to it and why, newest first.' })
  actions(@Root() source: SourceView, @Args(() => PageArgs) args: PageArgs, @Ctx() context: ApiContext) {
    requireVisible(context, source.code);
    return pageOfActions(context, source.code, args);
  }
}

@Resolver(() => SourceAction)
export class SourceActionResolver {
  @FieldResolver(() => Source)
  source(@Root() action: SourceActionView, @Ctx() { reference }: ApiContext) {
    return reference.get('Source', action.sourceCode);
  }

  @FieldResolver(() => SyncRun, { nullable: true, description: 'The run that it began or joined.' })
  run(@Root() action: SourceActionView, @Ctx() context: ApiContext) {
    return action.runNumber === null ? null : runByNumber(context, action.runNumber);
  }
}

@Resolver(() => SourceNotice)
export class SourceNoticeResolver {
  @FieldResolver(() => Source)
  source(@Root() notice: SourceNoticeView, @Ctx() { reference }: ApiContext) {
    return reference.get('Source', notice.sourceCode);
  }
}
