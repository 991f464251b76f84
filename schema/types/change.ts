import { Field, ID, ObjectType } from 'type-graphql';
import type { Json } from '../kinds/fact-kind.ts';
import { ChangeCause, ChangedKind, ChangeKind } from '../scalars/enums.ts';
import { Cursor, DateTime, JsonScalar, SequenceNumber } from '../scalars/index.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'The transaction that a change belongs to; its changes follow each other.',
})
export class ChangeTransaction {
  @Field(() => SequenceNumber, { description: 'The number of its first change.' })
  id!: number;

  @Field({ description: 'Whether this is its last change.' })
  last!: boolean;
}

/** What a change of any kind carries. The typed changes add the entity in its own type. */
@ObjectType({ simpleResolvers: true, description: 'What happened to one entity in one transaction.' })
export class Change {
  @Field(() => Cursor, { description: 'Resume after it with `after`.' })
  cursor!: string;

  @Field(() => SequenceNumber, { description: 'Its number in the log.' })
  seq!: number;

  @Field(() => DateTime, { description: 'When the hub wrote it.' })
  at!: Date;

  @Field(() => ChangeKind)
  kind!: string;

  @Field(() => ChangedKind)
  entityKind!: string;

  @Field({ description: 'The key of the entity within its kind, e.g. `01:TTHC`.' })
  entityKey!: string;

  @Field(() => ID, { description: 'The id that `node` takes.' })
  entityId!: string;

  @Field(() => [String], { description: 'The attributes that differ between before and after.' })
  attributes!: string[];

  @Field(() => JsonScalar, { nullable: true, description: 'Null for what was created.' })
  before!: Json;

  @Field(() => JsonScalar, { nullable: true, description: 'Null for what was removed.' })
  after!: Json;

  @Field(() => ChangeCause)
  cause!: string;

  @Field(() => ChangeTransaction)
  transaction!: ChangeTransaction;
}
