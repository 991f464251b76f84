import { ArgsType, Field } from 'type-graphql';
import {
  CriterionCountOrder,
  DeploymentOrder,
  LinkOrder,
  ReadinessOrder,
  ServiceCoverageOrder,
  ServiceHealthOrder,
  VendorCountOrder,
} from '../../../schema/scalars/enums.ts';
import { TimedPageArgs } from '../../../schema/types/arguments.ts';
import {
  CriterionCountFilter,
  DeploymentFilter,
  LinkFilter,
  ReadinessFilter,
  ServiceCoverageFilter,
  ServiceHealthFilter,
  ServiceHealthHistoryFilter,
  VendorCountFilter,
} from '../../../schema/types/inputs/fact-filters.ts';

@ArgsType()
export class DeploymentsArgs extends TimedPageArgs {
  @Field(() => DeploymentFilter, { nullable: true })
  filter?: DeploymentFilter | null;

  @Field(() => [DeploymentOrder], { nullable: true })
  orderBy?: string[] | null;
}

@ArgsType()
export class ReadinessArgs extends TimedPageArgs {
  @Field(() => ReadinessFilter, { nullable: true })
  filter?: ReadinessFilter | null;

  @Field(() => [ReadinessOrder], { nullable: true })
  orderBy?: string[] | null;
}

@ArgsType()
export class LinksArgs extends TimedPageArgs {
  @Field(() => LinkFilter, { nullable: true })
  filter?: LinkFilter | null;

  @Field(() => [LinkOrder], { nullable: true })
  orderBy?: string[] | null;
}

@ArgsType()
export class ServiceCoverageArgs extends TimedPageArgs {
  @Field(() => ServiceCoverageFilter, { nullable: true })
  filter?: ServiceCoverageFilter | null;

  @Field(() => [ServiceCoverageOrder], { nullable: true })
  orderBy?: string[] | null;
}

@ArgsType()
export class VendorCountsArgs extends TimedPageArgs {
  @Field(() => VendorCountFilter, { nullable: true })
  filter?: VendorCountFilter | null;

  @Field(() => [VendorCountOrder], { nullable: true })
  orderBy?: string[] | null;
}

@ArgsType()
export class CriterionCountsArgs extends TimedPageArgs {
  @Field(() => CriterionCountFilter, { nullable: true })
  filter?: CriterionCountFilter | null;

  @Field(() => [CriterionCountOrder], { nullable: true })
  orderBy?: string[] | null;
}

@ArgsType()
export class ServiceHealthArgs extends TimedPageArgs {
  @Field(() => ServiceHealthFilter, { nullable: true })
  filter?: ServiceHealthFilter | null;

  @Field(() => [ServiceHealthOrder], { nullable: true })
  orderBy?: string[] | null;
}

@ArgsType()
export class ServiceHealthHistoryArgs extends TimedPageArgs {
  @Field(() => ServiceHealthHistoryFilter, { nullable: true })
  filter?: ServiceHealthHistoryFilter | null;

  @Field(() => [ServiceHealthOrder], { nullable: true })
  orderBy?: string[] | null;
}
