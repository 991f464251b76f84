import { Field, ObjectType } from 'type-graphql';
import { Described } from './described.ts';
import { Correction } from './operations-state.ts';

@ObjectType({ simpleResolvers: true, description: 'A mistake in what was sent, which the sender can put right.' })
export class UserError {
  @Field({ description: 'One of the codes of docs/errors.md.' })
  code!: string;

  @Field({ description: 'What is wrong and what would do.' })
  message!: string;

  @Field(() => [String], { description: 'Where in the input, e.g. `["attributes", "status"]`.' })
  path!: string[];
}

@ObjectType({ simpleResolvers: true })
export class CorrectPayload {
  @Field(() => Correction, { nullable: true, description: 'Null when there are errors.' })
  correction!: Correction | null;

  @Field(() => Described, { nullable: true, description: 'The entity with the correction.' })
  entity!: Described | null;

  @Field(() => [UserError])
  errors!: UserError[];
}

@ObjectType({ simpleResolvers: true })
export class WithdrawCorrectionPayload {
  @Field(() => Correction, { nullable: true, description: 'Null when there are errors.' })
  correction!: Correction | null;

  @Field(() => Described, {
    nullable: true,
    description: 'The entity without the correction; null when nothing is left of it.',
  })
  entity!: Described | null;

  @Field(() => [UserError])
  errors!: UserError[];
}
