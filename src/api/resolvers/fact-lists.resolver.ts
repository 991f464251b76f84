import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { FactKindName } from '../../../schema/kinds/index.ts';
import { TimeArgs } from '../../../schema/types/arguments.ts';
import {
  CriterionCountConnection,
  DeploymentConnection,
  LinkConnection,
  ReadinessConnection,
  ServiceCoverageConnection,
  ServiceHealthConnection,
  VendorCountConnection,
} from '../../../schema/types/connections.ts';
import { Deployment } from '../../../schema/types/facts.ts';
import { clocksOf } from '../../services/reading/clocks.ts';
import type { FactFilter } from '../../services/reading/fact-filter.ts';
import { factByKey, pageOfFacts } from '../../services/reading/facts.ts';
import type { PageArguments } from '../../services/reading/paging.ts';
import { pageOfServiceHealth, pageOfServiceHealthHistory } from '../../services/reading/service-health.ts';
import type { ApiContext } from '../context.ts';
import {
  CriterionCountsArgs,
  DeploymentsArgs,
  LinksArgs,
  ReadinessArgs,
  ServiceCoverageArgs,
  ServiceHealthArgs,
  ServiceHealthHistoryArgs,
  VendorCountsArgs,
} from './fact-arguments.ts';

interface ListArgs extends PageArguments {
  readonly filter?: object | null;
  readonly orderBy?: readonly string[] | null;
  readonly asOf?: Date | null;
  readonly knownAt?: Date | null;
}

function pageOf(context: ApiContext, kind: FactKindName, args: ListArgs) {
  return pageOfFacts(context, kind, { ...args, filter: args.filter as FactFilter | null | undefined }, clocksOf(args));
}

@Resolver()
export class FactListsResolver {
  @Query(() => DeploymentConnection, { description: 'Which vendors run which system where, and how far it is.' })
  deployments(@Args(() => DeploymentsArgs) args: DeploymentsArgs, @Ctx() context: ApiContext) {
    return pageOf(context, 'deployment', args);
  }

  @Query(() => Deployment, {
    nullable: true,
    description: 'The system of a province; null where nobody has said anything of it.',
  })
  deployment(
    @Arg('province', () => ID) province: string,
    @Arg('system', () => ID) system: string,
    @Args(() => TimeArgs) times: TimeArgs,
    @Ctx() context: ApiContext,
  ) {
    const [provinceCode] = context.reference.codes('Province', [province]);
    const [systemCode] = context.reference.codes('System', [system]);
    return factByKey(context, 'deployment', `${provinceCode}:${systemCode}`, clocksOf(times));
  }

  @Query(() => ReadinessConnection, {
    description: 'Which province has completed which criterion, and what is in the way.',
  })
  readiness(@Args(() => ReadinessArgs) args: ReadinessArgs, @Ctx() context: ApiContext) {
    return pageOf(context, 'readiness', args);
  }

  @Query(() => LinkConnection, { description: 'Which province is connected to what, and how well.' })
  links(@Args(() => LinksArgs) args: LinksArgs, @Ctx() context: ApiContext) {
    return pageOf(context, 'link', args);
  }

  @Query(() => ServiceCoverageConnection, {
    description: 'How many of the services that a programme requires each province offers.',
  })
  serviceCoverage(@Args(() => ServiceCoverageArgs) args: ServiceCoverageArgs, @Ctx() context: ApiContext) {
    return pageOf(context, 'serviceCoverage', args);
  }

  @Query(() => VendorCountConnection, {
    description: 'What documents claim of vendors, beside what the deployments add up to.',
  })
  vendorCounts(@Args(() => VendorCountsArgs) args: VendorCountsArgs, @Ctx() context: ApiContext) {
    return pageOf(context, 'vendorCount', args);
  }

  @Query(() => CriterionCountConnection, {
    description: 'What documents claim of criteria, beside what the provinces add up to.',
  })
  criterionCounts(@Args(() => CriterionCountsArgs) args: CriterionCountsArgs, @Ctx() context: ApiContext) {
    return pageOf(context, 'criterionCount', args);
  }

  @Query(() => ServiceHealthConnection, { description: 'The latest measurement of each system of each province.' })
  serviceHealth(@Args(() => ServiceHealthArgs) args: ServiceHealthArgs, @Ctx() context: ApiContext) {
    return pageOfServiceHealth(context, args, clocksOf(args));
  }

  @Query(() => ServiceHealthConnection, { description: 'Every measurement, so that a run of days can be read.' })
  serviceHealthHistory(
    @Args(() => ServiceHealthHistoryArgs) args: ServiceHealthHistoryArgs,
    @Ctx() context: ApiContext,
  ) {
    return pageOfServiceHealthHistory(context, args, clocksOf(args));
  }
}
