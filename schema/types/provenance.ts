import { Field, ObjectType } from 'type-graphql';
import type { Json } from '../kinds/fact-kind.ts';
import { DateTime, JsonScalar } from '../scalars/index.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'One claim: what a source says of one attribute. The chosen one is what the entity shows.',
})
export class Provenance {
  @Field({ description: 'Name of the attribute.' })
  attribute!: string;

  @Field(() => JsonScalar, { nullable: true, description: 'What the source says.' })
  value!: Json;

  @Field(() => DateTime, { description: 'The time of which the source speaks.' })
  observedAt!: Date;

  @Field(() => DateTime, { description: 'When the hub was first told.' })
  recordedAt!: Date;

  @Field(() => DateTime, { description: 'When the source last said it to the hub.' })
  seenAt!: Date;

  @Field({ description: 'Whether the entity shows this claim.' })
  chosen!: boolean;

  @Field({ description: 'Whether the source has said it lately enough, by the time to live of the source.' })
  fresh!: boolean;

  @Field({ description: 'True for what the sandbox made up beyond the documents.' })
  simulated!: boolean;

  @Field({ description: 'True for what follows from a document without standing in it.' })
  inferred!: boolean;

  @Field(() => String, { nullable: true, description: 'The document that says it.' })
  document!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The upstream's own code, where the value came from a code map.",
  })
  rawCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Which version of the code map does not know the code; null where it is known.',
  })
  codeMapVersion!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The upstream's own id of the answer, message or event with which the hub was first told; what to name when asking the upstream about it.",
  })
  correlationId!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'How fresh an entity is, counted from when sources last said it to the hub.',
})
export class Freshness {
  @Field({ description: 'Whether at least one claim of every attribute shown is fresh.' })
  fresh!: boolean;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Since when no fresh source speaks of it; null while one does.',
  })
  staleSince!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When a source last said any of it.' })
  lastSeenAt!: Date | null;
}
