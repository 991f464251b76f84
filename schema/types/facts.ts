import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { DeploymentStatus, LinkState } from '../scalars/enums.ts';
import { DateTime } from '../scalars/index.ts';
import { Described } from './described.ts';

@ObjectType({
  implements: Described,
  simpleResolvers: true,
  description: 'A system of a province: who runs it and how far it is.',
})
export class Deployment extends Described {
  @Field(() => DeploymentStatus, { nullable: true })
  status!: string | null;

  @Field(() => String, { nullable: true })
  note!: string | null;

  @Field(() => String, { nullable: true, description: 'What is in the way, in the words of the source.' })
  difficulty!: string | null;
}

@ObjectType({ simpleResolvers: true })
export class Difficulty {
  @Field(() => String, { nullable: true, description: 'A code such as EQUIPMENT.' })
  category!: string | null;

  @Field()
  text!: string;
}

@ObjectType({
  implements: Described,
  simpleResolvers: true,
  description: 'Whether a province has completed a criterion.',
})
export class Readiness extends Described {
  @Field(() => Boolean, { nullable: true, description: 'Null where no source has said.' })
  completed!: boolean | null;

  @Field(() => [Difficulty], { description: 'What is in the way.' })
  difficulties!: Difficulty[];
}

@ObjectType({
  implements: Described,
  simpleResolvers: true,
  description: 'The connection from a province to a target.',
})
export class Link extends Described {
  @Field(() => LinkState, { nullable: true })
  state!: string | null;

  @Field(() => Int, { nullable: true })
  latencyMs!: number | null;

  @Field(() => DateTime, { nullable: true })
  lastSuccessAt!: Date | null;

  @Field(() => String, { nullable: true })
  detail!: string | null;
}

@ObjectType({
  implements: Described,
  simpleResolvers: true,
  description: 'How many of the services that a programme of the portal requires a province offers.',
})
export class ServiceCoverage extends Described {
  @Field(() => ID, { description: 'The programme of the portal.' })
  programme!: string;

  @Field(() => Int, { nullable: true })
  offered!: number | null;

  @Field(() => Int, { nullable: true })
  required!: number | null;

  @Field(() => Float, { nullable: true, description: 'offered / required, from 0 to 1.' })
  share!: number | null;
}

@ObjectType({
  implements: Described,
  simpleResolvers: true,
  description:
    'In how many provinces a document says that a vendor runs a system; `actualCount` is what the deployments add up to.',
})
export class VendorCount extends Described {
  @Field(() => Int, { nullable: true })
  count!: number | null;

  @Field(() => Int, { nullable: true })
  percent!: number | null;

  @Field(() => Int, { nullable: true })
  total!: number | null;
}

@ObjectType({
  implements: Described,
  simpleResolvers: true,
  description:
    'How many provinces a document says have completed a criterion; `actualCount` is what the provinces add up to.',
})
export class CriterionCount extends Described {
  @Field(() => Int, { nullable: true })
  completedCount!: number | null;

  @Field(() => Int, { nullable: true })
  total!: number | null;

  @Field(() => Int, { nullable: true, description: 'The change since the day before, as the document states it.' })
  deltaSinceYesterday!: number | null;
}
