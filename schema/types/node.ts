import { Field, ID, InterfaceType } from 'type-graphql';

/** What Relay calls a node: it has an id that is unique in the whole schema, and `Query.node` finds it again. */
@InterfaceType({ description: 'An object with an id that is unique in the whole schema; `node(id:)` finds it again.' })
export abstract class Node {
  @Field(() => ID, { description: 'Opaque and lasting. Where an argument asks for a code, this id does as well.' })
  id!: string;
}
