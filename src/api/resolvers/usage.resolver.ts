import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { UsageGroup, UsageOrder } from '../../../schema/scalars/enums.ts';
import { TimeArgs, TimedPageArgs } from '../../../schema/types/arguments.ts';
import { UsageStatisticsConnection } from '../../../schema/types/connections.ts';
import { UsageFilter } from '../../../schema/types/inputs/usage-filter.ts';
import { Source } from '../../../schema/types/operations-state.ts';
import { Province } from '../../../schema/types/reference.ts';
import { Unit, UsageStatistics, UsageTotal } from '../../../schema/types/usage.ts';
import { clocksOf } from '../../services/reading/clocks.ts';
import {
  pageOfUsage,
  type UsageGroup as UsageGroupName,
  type UsageTotalView,
  type UsageView,
  usageTotals,
} from '../../services/reading/usage-statistics.ts';
import type { UnitView } from '../../services/reading/views.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';

@ArgsType()
class UsageStatisticsArgs extends TimedPageArgs {
  @Field(() => UsageFilter, { nullable: true })
  filter?: UsageFilter | null;

  @Field(() => [UsageOrder], { nullable: true })
  orderBy?: string[] | null;
}

@Resolver(() => UsageStatistics)
export class UsageStatisticsResolver {
  @Query(() => UsageStatisticsConnection, {
    description: "Use of the Party's document system by each unit in each period.",
  })
  usageStatistics(@Args(() => UsageStatisticsArgs) args: UsageStatisticsArgs, @Ctx() context: ApiContext) {
    return pageOfUsage(context, args, clocksOf(args));
  }

  @FieldResolver(() => Unit)
  unit(@Root() usage: UsageView, @Ctx() { reference }: ApiContext) {
    return reference.get('Unit', usage.codes.unit, usage.clocks);
  }
}

@Resolver(() => UsageTotal)
export class UsageTotalResolver {
  @listOf(34)
  @Query(() => [UsageTotal], { description: "Use of the Party's document system added up." })
  usageTotals(
    @Arg('groupBy', () => [UsageGroup]) groupBy: UsageGroupName[],
    @Arg('filter', () => UsageFilter, { nullable: true }) filter: UsageFilter | null,
    @Args(() => TimeArgs) times: TimeArgs,
    @Ctx() context: ApiContext,
  ) {
    return usageTotals(context, { groupBy, filter }, clocksOf(times));
  }

  @FieldResolver(() => Province, {
    nullable: true,
    description: 'The province of today; null where it was not grouped by, and for central bodies.',
  })
  province(@Root() row: UsageTotalView, @Ctx() { reference }: ApiContext) {
    return row.province == null ? null : reference.get('Province', row.province, row.clocks);
  }

  @listOf(1)
  @FieldResolver(() => [Source], { description: 'Who says it; each also says whether it is simulated.' })
  sources(@Root() row: UsageTotalView, @Ctx() { reference }: ApiContext) {
    return row.sources.map((code) => reference.get('Source', code));
  }
}

@Resolver(() => Unit)
export class UnitResolver {
  @FieldResolver(() => Province, {
    nullable: true,
    description: 'The province that it is part of since the merger; null for a central body.',
  })
  province(@Root() unit: UnitView, @Ctx() { reference }: ApiContext) {
    return unit.provinceCode === null ? null : reference.get('Province', unit.provinceCode, unit.clocks);
  }
}
