import { Field, ID, InputType } from 'type-graphql';
import { SourceKind } from '../../scalars/enums.ts';

@InputType({ description: 'What is given must hold, all of it. The same for the list and for the subscription.' })
export class SourceFilter {
  @Field(() => [ID], { nullable: true, description: 'Codes or ids; any of them.' })
  sources?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Connectors that read them; any of them.' })
  connectors?: string[] | null;

  @Field(() => [SourceKind], { nullable: true, description: 'Any of them.' })
  kinds?: string[] | null;

  @Field(() => [ID], {
    nullable: true,
    description: 'Codes or ids of provinces that they speak of; a source of all provinces speaks of each.',
  })
  provinces?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether the sources file names them.' })
  enabled?: boolean | null;
}
