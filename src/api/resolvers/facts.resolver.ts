import { Ctx, FieldResolver, Float, ID, Int, Resolver, Root } from 'type-graphql';
import { Criterion } from '../../../schema/types/criterion.ts';
import {
  CriterionCount,
  Deployment,
  Difficulty,
  Link,
  Readiness,
  ServiceCoverage,
  VendorCount,
} from '../../../schema/types/facts.ts';
import { Province, System, Target, Vendor } from '../../../schema/types/reference.ts';
import { ServiceHealth } from '../../../schema/types/service-health.ts';
import { completedCount, hasPassed } from '../../services/reading/criteria.ts';
import type { FactView } from '../../services/reading/fact-view.ts';
import { serviceHealthOf } from '../../services/reading/service-health.ts';
import { vendorShares } from '../../services/reading/vendor-share.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';

const provinceOf = (fact: FactView, { reference }: ApiContext) =>
  reference.get('Province', fact.keys.province as string, fact.clocks);
const systemOf = (fact: FactView, { reference }: ApiContext) =>
  reference.get('System', fact.keys.system as string, fact.clocks);
const criterionOf = (fact: FactView, { reference }: ApiContext) =>
  reference.get('Criterion', fact.keys.criterion as string, fact.clocks);
const vendorsOf = (codes: unknown, fact: FactView, { reference }: ApiContext) =>
  ((codes ?? []) as string[]).map((code) => reference.get('Vendor', code, fact.clocks));

@Resolver(() => Deployment)
export class DeploymentResolver {
  @FieldResolver(() => Province)
  province(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return provinceOf(fact, context);
  }

  @FieldResolver(() => System)
  system(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return systemOf(fact, context);
  }

  @listOf(2)
  @FieldResolver(() => [Vendor], { description: 'Who runs it. Empty where no source has said.' })
  vendors(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return vendorsOf(fact.attributes.vendors, fact, context);
  }

  @listOf(1)
  @FieldResolver(() => [Vendor], { description: 'Who ran it before the provinces merged.' })
  formerVendors(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return vendorsOf(fact.attributes.formerVendors, fact, context);
  }

  @listOf(1)
  @FieldResolver(() => [ServiceHealth], { description: 'The latest measurement by each vendor that measures it.' })
  health(@Root() fact: FactView, @Ctx() context: ApiContext) {
    const { province, system } = fact.keys as { province: string; system: string };
    return serviceHealthOf(context, { province, system }, fact.clocks);
  }
}

@Resolver(() => Readiness)
export class ReadinessResolver {
  @FieldResolver(() => Province)
  province(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return provinceOf(fact, context);
  }

  @FieldResolver(() => Criterion)
  criterion(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return criterionOf(fact, context);
  }

  @listOf(1)
  @FieldResolver(() => [Difficulty])
  difficulties(@Root() fact: FactView) {
    return fact.attributes.difficulties ?? [];
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether the deadline of the criterion has passed and it is not known to be completed.',
  })
  overdue(@Root() fact: FactView, @Ctx() context: ApiContext) {
    if (fact.attributes.completed === true) return false;
    const criterion = criterionOf(fact, context);
    // Known at once, as nearly always: a promise for each row of a heat map would cost more than all else of the row.
    if (!(criterion instanceof Promise)) return hasPassed(context, criterion);
    return criterion.then((found) => hasPassed(context, found));
  }
}

@Resolver(() => Link)
export class LinkResolver {
  @FieldResolver(() => Province)
  province(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return provinceOf(fact, context);
  }

  @FieldResolver(() => Target)
  target(@Root() fact: FactView, @Ctx() { reference }: ApiContext) {
    return reference.get('Target', fact.keys.target as string, fact.clocks);
  }
}

@Resolver(() => ServiceCoverage)
export class ServiceCoverageResolver {
  @FieldResolver(() => Province)
  province(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return provinceOf(fact, context);
  }

  @FieldResolver(() => ID)
  programme(@Root() fact: FactView) {
    return fact.keys.programme;
  }

  @FieldResolver(() => Float, { nullable: true })
  share(@Root() { attributes: { offered, required } }: FactView) {
    return typeof offered === 'number' && typeof required === 'number' && required > 0 ? offered / required : null;
  }
}

@Resolver(() => VendorCount)
export class VendorCountResolver {
  @FieldResolver(() => System)
  system(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return systemOf(fact, context);
  }

  @FieldResolver(() => Vendor)
  vendor(@Root() fact: FactView, @Ctx() { reference }: ApiContext) {
    return reference.get('Vendor', fact.keys.vendor as string, fact.clocks);
  }

  @FieldResolver(() => Int, { description: 'What the deployments add up to.' })
  async actualCount(@Root() fact: FactView, @Ctx() context: ApiContext) {
    const shares = await vendorShares(context, fact.keys.system as string, fact.clocks);
    return shares.find((share) => share.vendor === fact.keys.vendor)?.count ?? 0;
  }
}

@Resolver(() => CriterionCount)
export class CriterionCountResolver {
  @FieldResolver(() => Criterion)
  criterion(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return criterionOf(fact, context);
  }

  @FieldResolver(() => Int, { nullable: true, description: 'What the provinces add up to.' })
  async actualCount(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return completedCount(context, await criterionOf(fact, context));
  }
}
