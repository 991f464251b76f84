import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DeploymentStatus, LinkState } from '../scalars/enums.ts';
import { DateTime } from '../scalars/index.ts';

@ObjectType({ simpleResolvers: true, description: 'In how many provinces a vendor runs a system, by the deployments.' })
export class VendorShare {
  @Field(() => Int)
  count!: number;

  @Field(() => Int, { description: 'The provinces whose vendor for the system is known.' })
  total!: number;

  @Field(() => Float, {
    description: 'count / total. Shares add up to more than 1 where two vendors run one system together.',
  })
  share!: number;
}

@ObjectType('Clock', { simpleResolvers: true, description: 'What the domain calls now.' })
export class DomainClock {
  @Field(() => DateTime, { description: 'Deadlines and "today" are counted by it.' })
  now!: Date;

  @Field({ description: "Whether it is the sandbox's clock rather than the real one." })
  simulated!: boolean;

  @Field(() => Float, { description: 'How many seconds of it pass in a real one; 0 once it stands still.' })
  speed!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Deployments counted by what was asked to group by; what was not is null.',
})
export class DeploymentAggregate {
  @Field(() => DeploymentStatus, { nullable: true })
  status!: string | null;

  @Field(() => Int)
  count!: number;

  @Field(() => Int, { description: 'Of these, those on which sources disagree.' })
  conflictedCount!: number;

  @Field(() => Int, { description: 'Of these, those of which no fresh source speaks.' })
  staleCount!: number;

  @Field(() => Int, { description: 'Of these, those with a difficulty.' })
  difficultyCount!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Readiness counted by what was asked to group by; what was not is null.',
})
export class ReadinessAggregate {
  @Field(() => Int)
  count!: number;

  @Field(() => Int)
  completedCount!: number;

  @Field(() => Int)
  notCompletedCount!: number;

  @Field(() => Int, { description: 'Of these, those with a difficulty.' })
  difficultyCount!: number;

  @Field(() => Int, { description: 'Of these, those on which sources disagree.' })
  conflictedCount!: number;

  @Field(() => Int, { description: 'Of these, those of which no fresh source speaks.' })
  staleCount!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Links counted by what was asked to group by; what was not is null.',
})
export class LinkAggregate {
  @Field(() => LinkState, { nullable: true })
  state!: string | null;

  @Field(() => Int)
  count!: number;

  @Field(() => Int, { description: 'Of these, those on which sources disagree.' })
  conflictedCount!: number;
}
