import { Field, ID, InputType } from 'type-graphql';
import { DeploymentStatus, LinkState, ProvinceKind } from '../../scalars/enums.ts';
import { DateTime } from '../../scalars/index.ts';

const CODES = 'Codes or ids; any of them.';

/** Every field that is given must hold; a field that is left out or null leaves everything. */
@InputType({ description: 'What is given must hold, all of it.' })
export class ProvinceFilter {
  @Field(() => [ID], { nullable: true, description: CODES })
  codes?: string[] | null;

  @Field(() => ProvinceKind, { nullable: true })
  kind?: string | null;

  @Field(() => String, { nullable: true, description: 'Part of its name or of a former name; marks may be left out.' })
  search?: string | null;

  @Field(() => [ID], { nullable: true, description: 'Criteria that it has completed, all of them.' })
  completed?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Criteria that it is known not to have completed, all of them.' })
  notCompleted?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Vendors that run any of its systems; any of them.' })
  vendors?: string[] | null;
}

/** What can be asked of every kind of fact. */
@InputType()
abstract class FactFilter {
  @Field(() => Boolean, { nullable: true, description: 'Whether fresh sources disagree on it.' })
  conflicted?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether no fresh source speaks of it.' })
  stale?: boolean | null;
}

@InputType()
abstract class ProvinceFactFilter extends FactFilter {
  @Field(() => [ID], { nullable: true, description: CODES })
  provinces?: string[] | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class DeploymentFilter extends ProvinceFactFilter {
  @Field(() => [ID], { nullable: true, description: CODES })
  systems?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Vendors that run it, alone or with others; any of them.' })
  vendors?: string[] | null;

  @Field(() => [DeploymentStatus], { nullable: true, description: 'Any of them.' })
  statuses?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether something is said to be in the way.' })
  hasDifficulty?: boolean | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class ReadinessFilter extends ProvinceFactFilter {
  @Field(() => [ID], { nullable: true, description: CODES })
  criteria?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Systems that the criterion is about; any of them.' })
  systems?: string[] | null;

  @Field(() => Boolean, { nullable: true })
  completed?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether something is said to be in the way.' })
  hasDifficulty?: boolean | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class LinkFilter extends ProvinceFactFilter {
  @Field(() => [ID], { nullable: true, description: CODES })
  targets?: string[] | null;

  @Field(() => [LinkState], { nullable: true, description: 'Any of them.' })
  states?: string[] | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class ServiceCoverageFilter extends ProvinceFactFilter {
  @Field(() => [ID], { nullable: true, description: 'Any of them.' })
  programmes?: string[] | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class VendorCountFilter extends FactFilter {
  @Field(() => [ID], { nullable: true, description: CODES })
  systems?: string[] | null;

  @Field(() => [ID], { nullable: true, description: CODES })
  vendors?: string[] | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class CriterionCountFilter extends FactFilter {
  @Field(() => [ID], { nullable: true, description: CODES })
  criteria?: string[] | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class ServiceHealthFilter {
  @Field(() => [ID], { nullable: true, description: CODES })
  provinces?: string[] | null;

  @Field(() => [ID], { nullable: true, description: CODES })
  systems?: string[] | null;

  @Field(() => [ID], { nullable: true, description: CODES })
  vendors?: string[] | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class ServiceHealthHistoryFilter extends ServiceHealthFilter {
  @Field(() => DateTime, { nullable: true, description: 'Measured then or later.' })
  measuredSince?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Measured before then.' })
  measuredUntil?: Date | null;
}
