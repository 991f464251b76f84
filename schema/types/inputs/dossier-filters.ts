import { Field, ID, InputType } from 'type-graphql';
import { DateTime } from '../../scalars/index.ts';

@InputType({ description: 'What is given must hold, all of it.' })
export class DossierDayFilter {
  @Field(() => [ID], { nullable: true, description: 'Codes or ids; any of them.' })
  provinces?: string[] | null;

  @Field(() => DateTime, { nullable: true, description: 'Days that begin then or later.' })
  from?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Days that end by then.' })
  to?: Date | null;
}

@InputType({
  description: 'What is given must hold, all of it. Name a province or a day where you can: a day has millions.',
})
export class DossierFilter extends DossierDayFilter {
  @Field(() => [ID], { nullable: true, description: 'Codes of communes, as sources give them; any of them.' })
  communes?: string[] | null;

  @Field(() => [ID], { nullable: true, description: 'National codes of procedures, e.g. 1.015045; any of them.' })
  procedures?: string[] | null;
}
