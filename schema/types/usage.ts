import { Field, ID, Int, ObjectType } from 'type-graphql';
import { UnitKind } from '../scalars/enums.ts';
import { DateTime } from '../scalars/index.ts';
import { Measured } from './measured.ts';
import { Node } from './node.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "What uses the Party's document system: a province as it was before the merger, or a central body.",
})
export class Unit extends Node {
  @Field(() => ID, {
    description: 'E.g. FP-AN-GIANG; follows from the name, since the units have no codes of their own.',
  })
  code!: string;

  @Field()
  name!: string;

  @Field(() => UnitKind)
  kind!: string;
}

@ObjectType({ simpleResolvers: true, description: "Figures of the use of the Party's document system." })
export class UsageFigures {
  @Field(() => Int, { description: 'Accounts that logged in.' })
  users!: number;

  @Field(() => Int, { description: 'Times that they logged in.' })
  logins!: number;

  @Field(() => Int, { description: 'Incoming documents entered.' })
  documentsIn!: number;

  @Field(() => Int, { description: 'Outgoing documents entered or issued.' })
  documentsOut!: number;

  @Field(() => Int, { description: 'Times that documents were passed on.' })
  documentsPassedOn!: number;
}

@ObjectType({
  implements: Measured,
  simpleResolvers: true,
  description: "Use of the Party's document system by a unit in a period.",
})
export class UsageStatistics extends Measured {
  @Field(() => Int, { description: 'Accounts that logged in.' })
  users!: number;

  @Field(() => Int, { description: 'Times that they logged in.' })
  logins!: number;

  @Field(() => Int, { description: 'Incoming documents entered.' })
  documentsIn!: number;

  @Field(() => Int, { description: 'Outgoing documents entered or issued.' })
  documentsOut!: number;

  @Field(() => Int, { description: 'Times that documents were passed on.' })
  documentsPassedOn!: number;

  @Field(() => DateTime, { description: 'The first moment of the period.' })
  periodStart!: Date;

  @Field(() => DateTime, { description: 'The first moment after the period.' })
  periodEnd!: Date;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'Use added up by what was asked to group by; what was not is null. Users of several periods are added too.',
})
export class UsageTotal extends UsageFigures {
  @Field(() => UnitKind, { nullable: true })
  kind!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'The first moment of the period.' })
  periodStart!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'The first moment after the period.' })
  periodEnd!: Date | null;

  @Field(() => Int, { description: 'Units added up.' })
  unitCount!: number;

  @Field(() => UsageFigures, {
    nullable: true,
    description:
      'The total that the sources state themselves, which may differ from what their rows add up to. Null where they ' +
      'state none, where provinces or some units only were asked for, and for a key that is limited to provinces.',
  })
  stated!: UsageFigures | null;
}
