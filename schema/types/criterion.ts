import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars/index.ts';
import { Node } from './node.ts';

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'One of the 26 criteria of readiness. Its counts add up what is known of each province.',
})
export class Criterion extends Node {
  @Field(() => ID, { description: 'For instance DVCQG_CONNECTED.' })
  code!: string;

  @Field(() => Int, { description: 'Its place in the report, from 1.' })
  position!: number;

  @Field({ description: 'The section of the report, for instance III.1.b.' })
  section!: string;

  @Field()
  group!: string;

  @Field()
  name!: string;

  @Field()
  nameEn!: string;

  @Field(() => DateTime, { nullable: true })
  deadline!: Date | null;

  @Field(() => String, { nullable: true, description: 'The deadline in the words of the document.' })
  deadlineText!: string | null;
}
