import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** Long enough for every cursor that we hand out; what is longer was not ours. */
const MAX_LENGTH = 2_000;

function parse(value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= MAX_LENGTH) return value;
  throw new GraphQLError('Cursor must be the text of a cursor that the hub gave, unchanged.', {
    extensions: { code: 'BAD_CURSOR' },
  });
}

/** A place in a list or in the change log. Opaque to clients; those of the change log sort as text in its order. */
export const Cursor = new GraphQLScalarType<string, string>({
  name: 'Cursor',
  description:
    'A place in a list or in the change log. Opaque: hand it back as `after` unchanged. Cursors of the change log sort as text in the order of the log.',
  serialize: String,
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});
