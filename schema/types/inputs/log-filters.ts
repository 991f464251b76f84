import { Field, ID, InputType } from 'type-graphql';
import {
  ChangeCause,
  ChangedKind,
  ChangeKind,
  ConflictState,
  FactKind,
  RunState,
  RunTrigger,
} from '../../scalars/enums.ts';
import { DateTime } from '../../scalars/index.ts';

const CODES = 'Codes or ids; any of them.';

@InputType({ description: 'What is given must hold, all of it. The same for the log and for the live feed.' })
export class ChangeFilter {
  @Field(() => [ChangedKind], { nullable: true, description: 'Any of them.' })
  kinds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: CODES })
  provinces?: string[] | null;

  @Field(() => [ID], { nullable: true, description: CODES })
  systems?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Sources behind the change; any of them.' })
  sources?: string[] | null;

  @Field(() => [ChangeKind], { nullable: true, description: 'Any of them.' })
  operations?: string[] | null;

  @Field(() => [ChangeCause], { nullable: true, description: 'Any of them.' })
  causes?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Attributes that differ; any of them.' })
  attributes?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Ids of entities; any of them.' })
  entityIds?: string[] | null;

  @Field(() => DateTime, { nullable: true, description: 'Written at this time of the hub or later.' })
  since?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Written before this time of the hub.' })
  until?: Date | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class ConflictFilter {
  @Field(() => ConflictState, { nullable: true })
  state?: string | null;

  @Field(() => [FactKind], { nullable: true, description: 'Any of them.' })
  kinds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: CODES })
  provinces?: string[] | null;

  @Field(() => [ID], { nullable: true, description: CODES })
  systems?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of them.' })
  attributes?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Sources that take part; any of them.' })
  sources?: string[] | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class SyncRunFilter {
  @Field(() => [ID], { nullable: true, description: CODES })
  sources?: string[] | null;

  @Field(() => [RunState], { nullable: true, description: 'Any of them.' })
  states?: string[] | null;

  @Field(() => [RunTrigger], { nullable: true, description: 'Any of them.' })
  triggers?: string[] | null;

  @Field(() => DateTime, { nullable: true, description: 'Started at this time or later.' })
  since?: Date | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class RejectionFilter {
  @Field(() => [ID], { nullable: true, description: CODES })
  sources?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of them.' })
  streams?: string[] | null;

  @Field(() => DateTime, { nullable: true, description: 'Last rejected at this time or later.' })
  since?: Date | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it has not been settled.' })
  open?: boolean | null;
}

@InputType({ description: 'What is given must hold, all of it.' })
export class CorrectionFilter {
  @Field(() => [FactKind], { nullable: true, description: 'Any of them.' })
  kinds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: CODES })
  provinces?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it has not been withdrawn.' })
  inForce?: boolean | null;
}
