import { Field, ID, InputType } from 'type-graphql';
import type { Json } from '../../kinds/fact-kind.ts';
import { FactKind } from '../../scalars/enums.ts';
import { JsonScalar } from '../../scalars/index.ts';

@InputType({ description: 'Name the entity by `id`, or by `kind` and the parts of its key.' })
export class CorrectInput {
  @Field(() => ID, { nullable: true, description: 'The id of the entity.' })
  id?: string | null;

  @Field(() => FactKind, { nullable: true })
  kind?: string | null;

  @Field(() => ID, { nullable: true })
  province?: string | null;

  @Field(() => ID, { nullable: true })
  system?: string | null;

  @Field(() => ID, { nullable: true })
  vendor?: string | null;

  @Field(() => ID, { nullable: true })
  criterion?: string | null;

  @Field(() => ID, { nullable: true })
  target?: string | null;

  @Field(() => ID, { nullable: true })
  programme?: string | null;

  @Field(() => JsonScalar, {
    description:
      'The attributes and what they are to be, e.g. `{status: "READY"}`. Those that are not named are left as they are.',
  })
  attributes!: Json;

  @Field({ description: 'Why; shown to everyone.' })
  reason!: string;
}
