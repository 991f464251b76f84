import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

function check(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new GraphQLError('SequenceNumber must be a whole number from 0 to 9007199254740991.', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

/**
 * A number of the change log, or a count that may pass 2^31. Its own scalar because `Int` ends at 2^31 - 1 and `Float`
 * says nothing about being whole; a JSON number up to 2^53 - 1 is exact in every client.
 */
export const SequenceNumber = new GraphQLScalarType<number, number>({
  name: 'SequenceNumber',
  description: 'A whole number from 0 to 2^53 - 1, as a JSON number. Exact in JavaScript.',
  serialize: (value) => check(typeof value === 'string' ? Number(value) : value),
  parseValue: check,
  parseLiteral: (node) => check(node.kind === Kind.INT ? Number(node.value) : undefined),
});
