import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { ProvinceOrder } from '../../../schema/scalars/enums.ts';
import { CodeArgs, TimedPageArgs } from '../../../schema/types/arguments.ts';
import { Conflict } from '../../../schema/types/conflict.ts';
import { ProvinceConnection } from '../../../schema/types/connections.ts';
import { Deployment, Link, Readiness, ServiceCoverage } from '../../../schema/types/facts.ts';
import {
  DeploymentFilter,
  LinkFilter,
  ProvinceFilter,
  ReadinessFilter,
} from '../../../schema/types/inputs/fact-filters.ts';
import { Province } from '../../../schema/types/reference.ts';
import { ServiceHealth } from '../../../schema/types/service-health.ts';
import { UsageStatistics } from '../../../schema/types/usage.ts';
import { NotFoundError } from '../../errors/index.ts';
import { clocksOf } from '../../services/reading/clocks.ts';
import { openConflictsOfProvince } from '../../services/reading/conflicts.ts';
import { factByKey, factsOf } from '../../services/reading/facts.ts';
import { keyOfArgument } from '../../services/reading/global-id.ts';
import { pageOfProvinces } from '../../services/reading/provinces.ts';
import { maySee } from '../../services/reading/reading.ts';
import { serviceHealthOf } from '../../services/reading/service-health.ts';
import { usageOfProvince } from '../../services/reading/usage-statistics.ts';
import type { ProvinceView } from '../../services/reading/views.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';
import { byCode } from './by-code.ts';

@ArgsType()
class ProvincesArgs extends TimedPageArgs {
  @Field(() => ProvinceFilter, { nullable: true })
  filter?: ProvinceFilter | null;

  @Field(() => [ProvinceOrder], { nullable: true })
  orderBy?: string[] | null;
}

const of = (province: ProvinceView) => ({ part: 'province', code: province.code }) as const;

@Resolver(() => Province)
export class ProvinceResolver {
  @Query(() => ProvinceConnection, { description: 'The 34 provinces, by code unless ordered otherwise.' })
  provinces(@Args(() => ProvincesArgs) args: ProvincesArgs, @Ctx() context: ApiContext) {
    return pageOfProvinces(context, args, clocksOf(args));
  }

  @Query(() => Province, { nullable: true })
  province(@Args(() => CodeArgs) args: CodeArgs, @Ctx() context: ApiContext) {
    const province = byCode(context, 'Province', args);
    if (!maySee(context.rights, province.code)) throw new NotFoundError('province', args.code);
    return province;
  }

  @listOf(5)
  @FieldResolver(() => [Deployment], { description: 'Its systems: who runs them and how far they are.' })
  deployments(
    @Root() province: ProvinceView,
    @Ctx() context: ApiContext,
    @Arg('filter', () => DeploymentFilter, { nullable: true }) filter?: DeploymentFilter | null,
  ) {
    return factsOf(context, 'deployment', of(province), province.clocks, filter as never);
  }

  @FieldResolver(() => Deployment, {
    nullable: true,
    description: 'Its system of that code; null where nobody has said anything of it.',
  })
  deployment(@Root() province: ProvinceView, @Ctx() context: ApiContext, @Arg('system', () => ID) system: string) {
    const [code] = context.reference.codes('System', [system]);
    return factByKey(context, 'deployment', `${province.code}:${code}`, province.clocks);
  }

  @listOf(26)
  @FieldResolver(() => [Readiness], { description: 'Criterion by criterion.' })
  async readiness(
    @Root() province: ProvinceView,
    @Ctx() context: ApiContext,
    @Arg('filter', () => ReadinessFilter, { nullable: true }) filter?: ReadinessFilter | null,
  ) {
    const rows = await factsOf(context, 'readiness', of(province), province.clocks, filter as never);
    const position = (code: string | undefined) => context.reference.position('Criterion', code ?? '');
    return [...rows].sort((a, b) => position(a.keys.criterion) - position(b.keys.criterion));
  }

  @listOf(9)
  @FieldResolver(() => [Link], { description: 'Its connections to the portal, national databases and others.' })
  links(
    @Root() province: ProvinceView,
    @Ctx() context: ApiContext,
    @Arg('filter', () => LinkFilter, { nullable: true }) filter?: LinkFilter | null,
  ) {
    return factsOf(context, 'link', of(province), province.clocks, filter as never);
  }

  @FieldResolver(() => Link, {
    nullable: true,
    description: 'Its connection to that target; null where nobody has said anything of it.',
  })
  link(@Root() province: ProvinceView, @Ctx() context: ApiContext, @Arg('target', () => ID) target: string) {
    const key = `${province.code}:${keyOfArgument('Target', target)}`;
    return factByKey(context, 'link', key, province.clocks);
  }

  @listOf(4)
  @FieldResolver(() => [ServiceCoverage])
  serviceCoverage(@Root() province: ProvinceView, @Ctx() context: ApiContext) {
    return factsOf(context, 'serviceCoverage', of(province), province.clocks);
  }

  @listOf(5)
  @FieldResolver(() => [ServiceHealth], { description: 'The latest measurement of each of its systems.' })
  serviceHealth(@Root() province: ProvinceView, @Ctx() context: ApiContext) {
    return serviceHealthOf(context, { province: province.code }, province.clocks);
  }

  @listOf(3)
  @FieldResolver(() => [UsageStatistics], {
    description: "Use of the Party's document system by each of its former provinces, in the latest period.",
  })
  usage(@Root() province: ProvinceView, @Ctx() context: ApiContext) {
    return usageOfProvince(context, province.code, province.clocks);
  }

  @listOf(5)
  @FieldResolver(() => [Conflict], { description: 'What sources disagree on about it just now.' })
  openConflicts(@Root() province: ProvinceView, @Ctx() context: ApiContext) {
    return openConflictsOfProvince(context, province.code);
  }
}
