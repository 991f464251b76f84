import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { CodeArgs, TimeArgs } from '../../../schema/types/arguments.ts';
import { Criterion } from '../../../schema/types/criterion.ts';
import { Deployment, Link, VendorCount } from '../../../schema/types/facts.ts';
import { DeploymentFilter } from '../../../schema/types/inputs/fact-filters.ts';
import { System, Target, Vendor } from '../../../schema/types/reference.ts';
import { VendorShare } from '../../../schema/types/summaries.ts';
import { clocksOf } from '../../services/reading/clocks.ts';
import { factsOf } from '../../services/reading/facts.ts';
import { vendorShares } from '../../services/reading/vendor-share.ts';
import type { SystemView, TargetView, VendorView } from '../../services/reading/views.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';
import { byCode } from './by-code.ts';

@Resolver(() => System)
export class SystemResolver {
  @listOf(10)
  @Query(() => [System], { description: 'The systems: those of each province first, then the national ones.' })
  systems(@Args(() => TimeArgs) times: TimeArgs, @Ctx() { reference }: ApiContext) {
    return reference.all('System', clocksOf(times));
  }

  @Query(() => System, { nullable: true })
  system(@Args(() => CodeArgs) args: CodeArgs, @Ctx() context: ApiContext) {
    return byCode(context, 'System', args);
  }

  @listOf(34)
  @FieldResolver(() => [Deployment], { description: 'Province by province.' })
  deployments(
    @Root() system: SystemView,
    @Ctx() context: ApiContext,
    @Arg('filter', () => DeploymentFilter, { nullable: true }) filter?: DeploymentFilter | null,
  ) {
    return factsOf(context, 'deployment', { part: 'system', code: system.code }, system.clocks, filter as never);
  }

  @listOf(10)
  @FieldResolver(() => [VendorShare], { description: 'Who runs it in how many provinces, largest first.' })
  vendorShare(@Root() system: SystemView, @Ctx() context: ApiContext) {
    return vendorShares(context, system.code, system.clocks);
  }

  @listOf(10)
  @FieldResolver(() => [VendorCount], { description: 'What documents claim of who runs it in how many provinces.' })
  vendorCounts(@Root() system: SystemView, @Ctx() context: ApiContext) {
    return factsOf(context, 'vendorCount', { part: 'system', code: system.code }, system.clocks);
  }

  @listOf(7)
  @FieldResolver(() => [Criterion], { description: 'The criteria that are about it.' })
  criteria(@Root() system: SystemView, @Ctx() { reference }: ApiContext) {
    return reference.all('Criterion', system.clocks).filter((criterion) => criterion.systemCode === system.code);
  }
}

@Resolver(() => Vendor)
export class VendorResolver {
  @listOf(15)
  @Query(() => [Vendor])
  vendors(@Args(() => TimeArgs) times: TimeArgs, @Ctx() { reference }: ApiContext) {
    return reference.all('Vendor', clocksOf(times));
  }

  @Query(() => Vendor, { nullable: true })
  vendor(@Args(() => CodeArgs) args: CodeArgs, @Ctx() context: ApiContext) {
    return byCode(context, 'Vendor', args);
  }

  @listOf(34)
  @FieldResolver(() => [Deployment], { description: 'What it runs, alone or with others.' })
  deployments(
    @Root() vendor: VendorView,
    @Ctx() context: ApiContext,
    @Arg('filter', () => DeploymentFilter, { nullable: true }) filter?: DeploymentFilter | null,
  ) {
    return factsOf(context, 'deployment', { part: 'vendor', code: vendor.code }, vendor.clocks, filter as never);
  }

  @listOf(5)
  @FieldResolver(() => [VendorShare], { description: 'In how many provinces it runs each system.' })
  async share(@Root() vendor: VendorView, @Ctx() context: ApiContext) {
    return (await vendorShares(context, null, vendor.clocks)).filter((share) => share.vendor === vendor.code);
  }

  @listOf(5)
  @FieldResolver(() => [VendorCount], { description: 'What documents claim of what it runs.' })
  counts(@Root() vendor: VendorView, @Ctx() context: ApiContext) {
    return factsOf(context, 'vendorCount', { part: 'vendor', code: vendor.code }, vendor.clocks);
  }
}

@Resolver(() => Target)
export class TargetResolver {
  @listOf(9)
  @Query(() => [Target])
  targets(@Args(() => TimeArgs) times: TimeArgs, @Ctx() { reference }: ApiContext) {
    return reference.all('Target', clocksOf(times));
  }

  @Query(() => Target, { nullable: true })
  target(@Args(() => CodeArgs) args: CodeArgs, @Ctx() context: ApiContext) {
    return byCode(context, 'Target', args);
  }

  @listOf(34)
  @FieldResolver(() => [Link], { description: 'Province by province.' })
  links(@Root() target: TargetView, @Ctx() context: ApiContext) {
    return factsOf(context, 'link', { part: 'target', code: target.code }, target.clocks);
  }
}
