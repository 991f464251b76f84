import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { Province, System, Vendor } from '../../../schema/types/reference.ts';
import { ServiceHealth } from '../../../schema/types/service-health.ts';
import { VendorShare } from '../../../schema/types/summaries.ts';
import { factByKey } from '../../services/reading/facts.ts';
import type { ServiceHealthView } from '../../services/reading/service-health.ts';
import type { VendorShareView } from '../../services/reading/vendor-share.ts';
import type { ApiContext } from '../context.ts';

@Resolver(() => VendorShare)
export class VendorShareResolver {
  @FieldResolver(() => Vendor)
  vendor(@Root() row: VendorShareView, @Ctx() { reference }: ApiContext) {
    return reference.get('Vendor', row.vendor, row.clocks);
  }

  @FieldResolver(() => System)
  system(@Root() row: VendorShareView, @Ctx() { reference }: ApiContext) {
    return reference.get('System', row.system, row.clocks);
  }

  @FieldResolver(() => Int, { nullable: true, description: 'The count that the summary of the report claims.' })
  async claimedCount(@Root() row: VendorShareView, @Ctx() context: ApiContext) {
    const claimed = await factByKey(context, 'vendorCount', `${row.system}:${row.vendor}`, row.clocks);
    return claimed?.attributes.count ?? null;
  }
}

@Resolver(() => ServiceHealth)
export class ServiceHealthResolver {
  @FieldResolver(() => Province)
  province(@Root() health: ServiceHealthView, @Ctx() { reference }: ApiContext) {
    return reference.get('Province', health.codes.province, health.clocks);
  }

  @FieldResolver(() => System)
  system(@Root() health: ServiceHealthView, @Ctx() { reference }: ApiContext) {
    return reference.get('System', health.codes.system, health.clocks);
  }

  @FieldResolver(() => Vendor)
  vendor(@Root() health: ServiceHealthView, @Ctx() { reference }: ApiContext) {
    return reference.get('Vendor', health.codes.vendor, health.clocks);
  }
}
