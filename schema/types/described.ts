import { Field, InterfaceType } from 'type-graphql';
import { DateTime } from '../scalars/index.ts';
import { Conflict } from './conflict.ts';
import { Node } from './node.ts';
import { Freshness, Provenance } from './provenance.ts';

/** What every entity that sources describe can tell of itself, at the times (`asOf`, `knownAt`) it was read at. */
@InterfaceType({
  implements: Node,
  description: 'An entity that sources describe. All of it is as of the times that it was read at.',
})
export abstract class Described extends Node {
  @Field(() => [Provenance], { description: 'Who says what, the chosen claim of each attribute first.' })
  provenance!: Provenance[];

  @Field(() => [Conflict], { description: 'The attributes on which fresh sources disagree.' })
  conflicts!: Conflict[];

  @Field(() => Freshness)
  freshness!: Freshness;

  @Field(() => DateTime, { description: 'When what the hub shows of it last changed.' })
  updatedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Since when no fresh source speaks of it; null while one does.',
  })
  staleSince!: Date | null;
}
