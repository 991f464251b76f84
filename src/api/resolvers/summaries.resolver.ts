import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { DeploymentGroup, LinkGroup, ReadinessGroup } from '../../../schema/scalars/enums.ts';
import { TimeArgs } from '../../../schema/types/arguments.ts';
import { Criterion } from '../../../schema/types/criterion.ts';
import { DeploymentFilter, LinkFilter, ReadinessFilter } from '../../../schema/types/inputs/fact-filters.ts';
import { Province, System, Target, Vendor } from '../../../schema/types/reference.ts';
import {
  DeploymentAggregate,
  DomainClock,
  LinkAggregate,
  ReadinessAggregate,
  VendorShare,
} from '../../../schema/types/summaries.ts';
import { type AggregateRow, aggregate } from '../../services/reading/aggregates.ts';
import { clocksOf } from '../../services/reading/clocks.ts';
import { vendorShares } from '../../services/reading/vendor-share.ts';
import type { ReferenceType } from '../../services/reading/views.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';

const GROUPS = 50;

/** What was grouped by, as its object; null where it was not, or where the rows have none. */
function grouped(type: ReferenceType, code: string | null | undefined, row: AggregateRow, { reference }: ApiContext) {
  return code == null ? null : reference.get(type, code, row.clocks);
}

@Resolver()
export class AggregatesResolver {
  @listOf(GROUPS)
  @Query(() => [DeploymentAggregate], {
    description: 'Deployments counted. Grouped by VENDOR, one with two vendors counts for both.',
  })
  deploymentAggregates(
    @Arg('groupBy', () => [DeploymentGroup]) groupBy: string[],
    @Arg('filter', () => DeploymentFilter, { nullable: true }) filter: DeploymentFilter | null,
    @Args(() => TimeArgs) times: TimeArgs,
    @Ctx() context: ApiContext,
  ) {
    return aggregate(context, 'deployment', { groupBy, filter: filter as never }, clocksOf(times));
  }

  @listOf(GROUPS)
  @Query(() => [ReadinessAggregate], { description: 'Readiness counted.' })
  readinessAggregates(
    @Arg('groupBy', () => [ReadinessGroup]) groupBy: string[],
    @Arg('filter', () => ReadinessFilter, { nullable: true }) filter: ReadinessFilter | null,
    @Args(() => TimeArgs) times: TimeArgs,
    @Ctx() context: ApiContext,
  ) {
    return aggregate(context, 'readiness', { groupBy, filter: filter as never }, clocksOf(times));
  }

  @listOf(GROUPS)
  @Query(() => [LinkAggregate], { description: 'Links counted.' })
  linkAggregates(
    @Arg('groupBy', () => [LinkGroup]) groupBy: string[],
    @Arg('filter', () => LinkFilter, { nullable: true }) filter: LinkFilter | null,
    @Args(() => TimeArgs) times: TimeArgs,
    @Ctx() context: ApiContext,
  ) {
    return aggregate(context, 'link', { groupBy, filter: filter as never }, clocksOf(times));
  }

  @listOf(20)
  @Query(() => [VendorShare], { description: 'Who runs what in how many provinces, system by system, largest first.' })
  vendorShare(
    @Arg('system', () => ID, { nullable: true }) system: string | null,
    @Args(() => TimeArgs) times: TimeArgs,
    @Ctx() context: ApiContext,
  ) {
    const [code] = system == null ? [] : context.reference.codes('System', [system]);
    return vendorShares(context, code ?? null, clocksOf(times));
  }

  @Query(() => DomainClock, { description: "What the domain calls now; in the sandbox it is the sandbox's." })
  clock(@Ctx() { parts: { domainClock } }: ApiContext) {
    return {
      now: domainClock.now(),
      simulated: domainClock.simulated ?? false,
      speed: domainClock.speed?.() ?? 1,
    };
  }
}

@Resolver(() => DeploymentAggregate)
export class DeploymentAggregateResolver {
  @FieldResolver(() => Province, { nullable: true })
  province(@Root() row: AggregateRow, @Ctx() context: ApiContext) {
    return grouped('Province', row.province, row, context);
  }

  @FieldResolver(() => System, { nullable: true })
  system(@Root() row: AggregateRow, @Ctx() context: ApiContext) {
    return grouped('System', row.system, row, context);
  }

  @FieldResolver(() => Vendor, { nullable: true })
  vendor(@Root() row: AggregateRow, @Ctx() context: ApiContext) {
    return grouped('Vendor', row.vendor, row, context);
  }
}

@Resolver(() => ReadinessAggregate)
export class ReadinessAggregateResolver {
  @FieldResolver(() => Province, { nullable: true })
  province(@Root() row: AggregateRow, @Ctx() context: ApiContext) {
    return grouped('Province', row.province, row, context);
  }

  @FieldResolver(() => Criterion, { nullable: true })
  criterion(@Root() row: AggregateRow, @Ctx() context: ApiContext) {
    return grouped('Criterion', row.criterion, row, context);
  }

  @FieldResolver(() => System, { nullable: true, description: 'The system that the criteria are about.' })
  system(@Root() row: AggregateRow, @Ctx() context: ApiContext) {
    return grouped('System', row.system, row, context);
  }
}

@Resolver(() => LinkAggregate)
export class LinkAggregateResolver {
  @FieldResolver(() => Province, { nullable: true })
  province(@Root() row: AggregateRow, @Ctx() context: ApiContext) {
    return grouped('Province', row.province, row, context);
  }

  @FieldResolver(() => Target, { nullable: true })
  target(@Root() row: AggregateRow, @Ctx() context: ApiContext) {
    return grouped('Target', row.target, row, context);
  }
}
