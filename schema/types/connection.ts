import { Field, ObjectType } from 'type-graphql';
import { Cursor, SequenceNumber } from '../scalars/index.ts';

@ObjectType({ simpleResolvers: true, description: "Relay's page info." })
export class PageInfo {
  @Field()
  hasNextPage!: boolean;

  @Field({ description: 'Whether `after` was given and so something came before.' })
  hasPreviousPage!: boolean;

  @Field(() => Cursor, { nullable: true })
  startCursor!: string | null;

  @Field(() => Cursor, { nullable: true, description: 'Hand it back as `after` for the next page.' })
  endCursor!: string | null;
}

/** The class of a node type, as TypeGraphQL wants it in thunks. */
type NodeType = () => abstract new () => object;

/**
 * The connection and edge types of a node type. `totalCount` of the root value may be a function: it is called only if
 * the field is asked for, so that nobody pays for a count that nobody reads.
 */
export function createConnectionType(nodeName: string, nodeType: NodeType) {
  @ObjectType(`${nodeName}Edge`, { simpleResolvers: true })
  class Edge {
    @Field(() => Cursor)
    cursor!: string;

    @Field(() => nodeType())
    node!: object;
  }

  @ObjectType(`${nodeName}Connection`, { simpleResolvers: true })
  class Connection {
    @Field(() => [Edge])
    edges!: Edge[];

    @Field(() => [nodeType()], { description: 'The nodes of the edges, for who needs no cursors.' })
    nodes!: object[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;

    @Field(() => SequenceNumber, { description: 'How many there are on all pages together.' })
    totalCount!: number;
  }
  return Connection;
}
