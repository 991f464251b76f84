import { Field, ID, InputType } from 'type-graphql';
import { UnitKind } from '../../scalars/enums.ts';
import { DateTime } from '../../scalars/index.ts';

const CODES = 'Codes or ids; any of them.';

@InputType({ description: 'What is given must hold, all of it.' })
export class UsageFilter {
  @Field(() => [ID], { nullable: true, description: CODES })
  units?: string[] | null;

  @Field(() => [UnitKind], { nullable: true, description: 'Any of them.' })
  kinds?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'Provinces of today that the units are part of; codes or ids.' })
  provinces?: string[] | null;

  @Field(() => DateTime, { nullable: true, description: 'Periods that begin then or later.' })
  from?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Periods that end by then.' })
  to?: Date | null;
}
