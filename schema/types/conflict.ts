import { Field, ObjectType } from 'type-graphql';
import type { Json } from '../kinds/fact-kind.ts';
import { ConflictState, FactKind } from '../scalars/enums.ts';
import { DateTime, JsonScalar } from '../scalars/index.ts';
import { Node } from './node.ts';

@ObjectType({ simpleResolvers: true, description: 'What one of the sources that disagree says.' })
export class ConflictClaim {
  @Field(() => JsonScalar, { nullable: true })
  value!: Json;

  @Field(() => DateTime, { nullable: true, description: 'The time of which the source speaks.' })
  observedAt!: Date | null;

  @Field({ description: 'Whether the entity shows this claim.' })
  chosen!: boolean;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'Two or more fresh sources say different things of one attribute. Closes by itself once they agree.',
})
export class Conflict extends Node {
  @Field(() => FactKind, { description: 'The kind of the entity.' })
  kind!: string;

  @Field({ description: 'The key of the entity within its kind, e.g. `01:TTHC`.' })
  entityKey!: string;

  @Field()
  attribute!: string;

  @Field(() => ConflictState)
  state!: string;

  @Field(() => [ConflictClaim])
  claims!: ConflictClaim[];

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the hub saw it. Null on a conflict of a past time that was worked out from the claims of then.',
  })
  openedAt!: Date | null;

  @Field(() => DateTime, { nullable: true })
  updatedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Null while the sources still disagree.' })
  closedAt!: Date | null;
}
