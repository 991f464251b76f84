import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTime, SequenceNumber } from '../scalars/index.ts';
import { Measured } from './measured.ts';
import { Node } from './node.ts';

@ObjectType({
  implements: Measured,
  simpleResolvers: true,
  description: 'Dossiers of a procedure on a day, in a commune or in a province as a whole.',
})
export class DossierStatistics extends Measured {
  @Field(() => ID, {
    nullable: true,
    description: 'The code that the source has for the commune; null: the province as a whole, its communes included.',
  })
  commune!: string | null;

  @Field(() => ID, { description: 'National code of the procedure, e.g. 1.015045.' })
  procedure!: string;

  @Field(() => DateTime, { description: 'When the day begins, in Vietnam.' })
  day!: Date;

  @Field(() => Int, { description: 'Received that day.' })
  received!: number;

  @Field(() => Int, { description: 'Of those, received online.' })
  online!: number;

  @Field(() => Int, { description: 'Settled that day in time.' })
  onTime!: number;

  @Field(() => Int, { description: 'Settled that day too late.' })
  overdue!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Dossiers added up by what was asked to group by; what was not is null. Of each province and day one source counts, ' +
    'and of it the figures of the whole province where it gives them, else those of its communes: nothing is counted twice.',
})
export class DossierTotal {
  // Sums pass 2^31 where years of a country are added up.
  @Field(() => SequenceNumber)
  received!: number;

  @Field(() => SequenceNumber, { description: 'Of those received, received online.' })
  online!: number;

  @Field(() => SequenceNumber, { description: 'Settled in time.' })
  onTime!: number;

  @Field(() => SequenceNumber, { description: 'Settled too late.' })
  overdue!: number;

  @Field(() => SequenceNumber, { description: 'Figures added up.' })
  rowCount!: number;

  @Field(() => ID, { nullable: true })
  commune!: string | null;

  @Field(() => ID, { nullable: true })
  procedure!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the day begins, in Vietnam.' })
  day!: Date | null;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'All dossiers of a province on a day, as the source of the best standing gives them.',
})
export class DossierDay extends Node {
  @Field(() => DateTime, { description: 'When the day begins, in Vietnam.' })
  day!: Date;

  @Field(() => SequenceNumber)
  received!: number;

  @Field(() => SequenceNumber, { description: 'Of those received, received online.' })
  online!: number;

  @Field(() => SequenceNumber, { description: 'Settled in time.' })
  onTime!: number;

  @Field(() => SequenceNumber, { description: 'Settled too late.' })
  overdue!: number;

  @Field(() => SequenceNumber, { description: 'Figures added up.' })
  rowCount!: number;

  @Field({
    description: 'True where figures of communes were added up; false where the source gives those of the province.',
  })
  ofCommunes!: boolean;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;
}
