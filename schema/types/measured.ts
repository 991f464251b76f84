import { Field, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { Json } from '../kinds/fact-kind.ts';
import { DateTime, JsonScalar } from '../scalars/index.ts';
import { Node } from './node.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'What a source says, or said before, of what was measured.',
})
export class MeasurementClaim {
  @Field(() => JsonScalar, { description: 'The figures, by name.' })
  values!: Json;

  @Field(() => Int, { description: 'How often the source had corrected it until then.' })
  revision!: number;

  @Field(() => DateTime, { description: 'When the hub was told.' })
  recordedAt!: Date;

  @Field(() => String, { nullable: true, description: 'The document that says it.' })
  document!: string | null;

  @Field({ description: 'True for what the sandbox made up.' })
  simulated!: boolean;

  @Field({ description: 'True where a figure follows from the document without standing in it.' })
  inferred!: boolean;
}

/** What every figure that a source measures can tell of where it comes from. */
@InterfaceType({
  implements: Node,
  description: 'Figures of a period, by the source of the best standing that gives them; the newest that it has told.',
})
export abstract class Measured extends Node {
  @Field(() => DateTime, { description: 'When the hub was told.' })
  recordedAt!: Date;

  @Field(() => String, { nullable: true, description: 'The document that says it.' })
  document!: string | null;

  @Field({ description: 'True for what the sandbox made up.' })
  simulated!: boolean;

  @Field({ description: 'True where a figure follows from the document without standing in it.' })
  inferred!: boolean;

  @Field(() => [MeasurementClaim], { description: 'What other sources say of the same, best standing first.' })
  others!: MeasurementClaim[];

  @Field(() => [MeasurementClaim], { description: 'What the same source said before it corrected it, newest first.' })
  earlier!: MeasurementClaim[];
}
