import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { Json } from '../kinds/fact-kind.ts';
import { DateTime, JsonScalar } from '../scalars/index.ts';
import { SourceActionKind, SourceNoticeKind } from '../scalars/source-enums.ts';
import { Node } from './node.ts';
import { Source, SyncRun } from './operations-state.ts';
import { UserError } from './payloads.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'Something about what a source sends that its contract does not know.',
})
export class SourceNotice extends Node {
  @Field(() => SourceNoticeKind)
  kind!: string;

  @Field()
  stream!: string;

  @Field({
    description:
      'Where in a record; of a code, the attribute that it stands for and the version of the map, `link.state@2025-06.1`.',
  })
  path!: string;

  @Field({ description: 'An example, or the code.' })
  sample!: string;

  @Field(() => Float, { description: 'How often it was met.' })
  count!: number;

  @Field({ description: 'The version of the contract that does not know it.' })
  contractVersion!: string;

  @Field(() => DateTime)
  firstSeenAt!: Date;

  @Field(() => DateTime)
  lastSeenAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When somebody said that it has been seen to.' })
  settledAt!: Date | null;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'What somebody did to a source, and why.',
})
export class SourceAction extends Node {
  @Field(() => SourceActionKind)
  action!: string;

  @Field(() => JsonScalar, { description: 'What it was told beside the source, such as the range of a backfill.' })
  arguments!: Json;

  @Field()
  reason!: string;

  @Field({ description: 'The id of the key, or who sat at the command line.' })
  madeBy!: string;

  @Field(() => DateTime)
  madeAt!: Date;
}

@ObjectType({ simpleResolvers: true, description: 'Where the next run of a stream goes on.' })
export class StreamCheckpoint {
  @Field()
  stream!: string;

  @Field(() => DateTime, { description: 'When a run last wrote it.' })
  updatedAt!: Date;

  @Field(() => Int, { description: 'Its size; what it holds only the connector understands.' })
  bytes!: number;
}

@ObjectType({ simpleResolvers: true, description: 'What was done to a source, or why it was not.' })
export class SourceActionPayload {
  @Field(() => Source, { nullable: true, description: 'As it is now. Null when there are errors.' })
  source!: Source | null;

  @Field(() => SourceAction, { nullable: true, description: 'The record of who and why. Null when there are errors.' })
  action!: SourceAction | null;

  @Field(() => SyncRun, {
    nullable: true,
    description: 'The run that it began or joined; follow it with syncRunProgress.',
  })
  run!: SyncRun | null;

  @Field(() => [UserError])
  errors!: UserError[];
}
