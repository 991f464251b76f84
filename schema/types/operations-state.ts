import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { Json } from '../kinds/fact-kind.ts';
import { FactKind, RunState, RunTrigger, SourceKind } from '../scalars/enums.ts';
import { DateTime, JsonScalar, SequenceNumber } from '../scalars/index.ts';
import { Node } from './node.ts';

@ObjectType({ simpleResolvers: true, description: 'The rank of a source for one kind of fact.' })
export class SourceRank {
  @Field({ description: 'A kind of fact, or a kind that is measured.' })
  kind!: string;

  @Field(() => Int, { description: 'The lower rank wins.' })
  rank!: number;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A voice that makes claims: an upstream, a document, the operators.',
})
export class Source extends Node {
  @Field(() => ID, { description: 'For instance khcn or lgsp-01.' })
  code!: string;

  @Field()
  name!: string;

  @Field({ description: 'The connector that reads it.' })
  connector!: string;

  @Field(() => SourceKind)
  kind!: string;

  @Field(() => [ID], { nullable: true, description: 'The provinces it may speak of; null for all.' })
  scopeProvinces!: string[] | null;

  @Field(() => String, { nullable: true })
  schedule!: string | null;

  @Field(() => Float, { nullable: true, description: 'How long what it says stays fresh; null for ever.' })
  ttlSeconds!: number | null;

  @Field(() => Int, { description: 'Complete snapshots that must leave an entity out before it is gone.' })
  goneAfter!: number;

  @Field(() => Int, { description: 'Its rank for kinds that `ranks` does not name. The lower rank wins.' })
  defaultRank!: number;

  @Field(() => [SourceRank])
  ranks!: SourceRank[];

  @Field({ description: 'Whether it is a stand-in of the sandbox.' })
  simulated!: boolean;

  @Field()
  enabled!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'What the hub now holds of a source.' })
export class SourceHoldings {
  @Field(() => Int, { description: 'Statements that are in force.' })
  statements!: number;

  @Field(() => Int, {
    description: 'Of these, those that are older than the source allows or absent from its newest snapshot.',
  })
  stale!: number;

  @Field(() => DateTime, { nullable: true, description: 'When it last said anything.' })
  lastSeenAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'The newest time of which it spoke.' })
  lastObservedAt!: Date | null;
}

@ObjectType({ simpleResolvers: true, description: 'Why a run failed.' })
export class SyncRunError {
  @Field({ description: 'One of the codes of docs/errors.md.' })
  code!: string;

  @Field()
  message!: string;

  @Field({ description: 'Whether the same may succeed later without anybody changing anything.' })
  retryable!: boolean;
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'One run of a connector.' })
export class SyncRun extends Node {
  @Field(() => SequenceNumber)
  number!: number;

  @Field(() => RunTrigger)
  trigger!: string;

  @Field(() => RunState)
  state!: string;

  @Field({ description: 'The process that runs it.' })
  worker!: string;

  @Field(() => DateTime)
  startedAt!: Date;

  @Field(() => DateTime, { description: 'When its worker last gave a sign of life.' })
  heartbeatAt!: Date;

  @Field(() => DateTime, { nullable: true })
  finishedAt!: Date | null;

  @Field(() => Int, { description: 'Requests made to the upstream.' })
  asked!: number;

  @Field(() => Int, { description: 'Records read.' })
  read!: number;

  @Field(() => Int, { description: 'Observations that said something new.' })
  accepted!: number;

  @Field(() => Int, { description: 'Observations that said the same again.' })
  unchanged!: number;

  @Field(() => Int, { description: 'Records that broke the contract.' })
  rejected!: number;

  @Field(() => Int, { description: 'Entities that changed.' })
  changes!: number;

  @Field(() => String, { nullable: true, description: 'What it reads just now, or read last.' })
  stream!: string | null;

  @Field(() => Int, { description: 'Pages that were read and stored.' })
  pages!: number;

  @Field(() => Float, { description: 'Bytes of the answers, decompressed; 0 where they are not counted.' })
  bytes!: number;

  @Field(() => Int, { nullable: true, description: 'Records that there are to read, where that is known.' })
  total!: number | null;

  @Field(() => SyncRunError, { nullable: true })
  error!: SyncRunError | null;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'A record that broke the contract of its upstream, kept with the reason. Equal ones are one, however often they come.',
})
export class Rejection extends Node {
  @Field()
  stream!: string;

  @Field()
  reason!: string;

  @Field(() => String, { nullable: true, description: 'Where in the record.' })
  path!: string | null;

  @Field(() => JsonScalar, { description: 'The record as it came, secrets removed.' })
  record!: Json;

  @Field()
  contractVersion!: string;

  @Field(() => Int, { description: 'How often it came so; a run that tries it again does not count.' })
  count!: number;

  @Field(() => DateTime, { description: 'When it first came.' })
  at!: Date;

  @Field(() => DateTime, { description: 'When it last came.' })
  lastAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was tried again and taken; null while it is open. One that comes again is open again.',
  })
  settledAt!: Date | null;
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'What an operator corrected.' })
export class Correction extends Node {
  @Field(() => FactKind)
  kind!: string;

  @Field({ description: 'The key of the entity within its kind.' })
  entityKey!: string;

  @Field(() => JsonScalar, { description: 'The attributes and what they were set to.' })
  attributes!: Json;

  @Field()
  reason!: string;

  @Field({ description: 'The id of the key that made it.' })
  madeBy!: string;

  @Field(() => DateTime)
  madeAt!: Date;

  @Field(() => DateTime, { nullable: true })
  withdrawnAt!: Date | null;

  @Field(() => String, { nullable: true })
  withdrawnBy!: string | null;

  @Field(() => String, { nullable: true })
  withdrawnReason!: string | null;
}
