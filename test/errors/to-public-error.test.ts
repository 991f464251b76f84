import { describe, expect, test } from '@jest/globals';
import { buildSchema, execute, GraphQLError, parse, validate } from 'graphql';
import { translateDatabaseError } from '../../src/database/translate-error.ts';
import {
  BadCursorError,
  ConfigurationError,
  LimitError,
  NotFoundError,
  registerErrorTranslator,
  toPublicError,
  UnavailableError,
} from '../../src/errors/index.ts';
import { type Logger, silentLogger } from '../../src/lib/logger.ts';

const schema = buildSchema('type Query { broken: String  province(code: Int!): String }');

/** What GraphQL makes of an error that a resolver throws. */
function thrownByResolver(error: unknown): GraphQLError {
  const document = parse('{ broken }');
  const rootValue = {
    broken: () => {
      throw error;
    },
  };
  const result = execute({ schema, document, rootValue }) as { errors?: readonly GraphQLError[] };
  return result.errors?.[0] as GraphQLError;
}

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('an error of ours is shown as it is', () => {
  test.each([
    ['as thrown', new NotFoundError('province', '99')],
    ['by a resolver', thrownByResolver(new NotFoundError('province', '99'))],
  ])('%s', (_case, error) => {
    expect(toPublicError(error)).toEqual({
      message: 'There is no province "99".',
      code: 'NOT_FOUND',
      extensions: { code: 'NOT_FOUND', retryable: false, what: 'province', id: '99' },
    });
  });

  test('with its details and whether to try again', () => {
    const limit = new LimitError('LIMIT_DEPTH', 'Too deep.', { limit: 12, requested: 40 });
    expect(toPublicError(limit).extensions).toEqual({
      code: 'LIMIT_DEPTH',
      retryable: false,
      limit: 12,
      requested: 40,
    });
    expect(toPublicError(new UnavailableError('The queue')).extensions).toMatchObject({ retryable: true });
    expect(toPublicError(new BadCursorError()).code).toBe('BAD_CURSOR');
    expect(toPublicError(new ConfigurationError(['one', 'two'])).message).toBe('2 mistakes:\n- one\n- two');
  });

  test('never with its cause', () => {
    const error = new UnavailableError('The database', { cause: new Error('select secret') });
    expect(JSON.stringify(toPublicError(error))).not.toContain('select secret');
  });
});

describe('a mistake in the document keeps the words of GraphQL', () => {
  const invalid = (text: string): GraphQLError => validate(schema, parse(text))[0] as GraphQLError;
  const badVariable = (): unknown => {
    const document = parse('query ($code: Int!) { province(code: $code) }');
    const result = execute({ schema, document, variableValues: { code: 'x' } }) as { errors?: readonly GraphQLError[] };
    return result.errors?.[0];
  };

  test.each([
    ['a document that does not parse', () => caught(() => parse('{')), 'GRAPHQL_PARSE_FAILED', /^Syntax Error/],
    ['an unknown field', () => invalid('{ nothing }'), 'GRAPHQL_VALIDATION_FAILED', /Cannot query field "nothing"/],
    ['a literal of a wrong type', () => invalid('{ province(code: "x") }'), 'GRAPHQL_VALIDATION_FAILED', /Int/],
    ['a variable of a wrong type', badVariable, 'BAD_USER_INPUT', /Variable "\$code"/],
    ['a code of ours on a GraphQL error', () => withCode('LIMIT_COST'), 'LIMIT_COST', /^words$/],
    ['a code of Apollo', () => withCode('OPERATION_RESOLUTION_FAILURE'), 'BAD_USER_INPUT', /^words$/],
  ])('%s', (_case, make, code, message) => {
    const shown = toPublicError(make());
    expect(shown.code).toBe(code);
    expect(shown.message).toMatch(message);
  });

  const withCode = (code: string): GraphQLError => new GraphQLError('words', { extensions: { code } });
});

describe('anything else is masked and logged whole under an incident id', () => {
  test.each([
    ['an error', new Error('connect ECONNREFUSED db.internal secret')],
    ['an error of a resolver', thrownByResolver(new TypeError("Cannot read 'secret' of undefined"))],
    ['a GraphQL error that a resolver throws without a code', thrownByResolver(new GraphQLError('secret'))],
    ['a text', 'secret'],
    ['nothing', undefined],
  ])('%s', (_case, error) => {
    const logged: object[] = [];
    const logger: Logger = { ...silentLogger, error: (details) => logged.push(details) };
    const shown = toPublicError(error, { logger, newIncidentId: () => 'abc123' });
    expect(shown).toEqual({
      message: 'Something went wrong in the hub. Report it as incident abc123.',
      code: 'INTERNAL_SERVER_ERROR',
      extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, incident: 'abc123' },
    });
    expect(logged).toEqual([{ err: error, incident: 'abc123' }]);
  });
});

test('what a registered translator knows is ours, below the wrapping of GraphQL too', () => {
  registerErrorTranslator(translateDatabaseError);
  const gone = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
  expect(toPublicError(gone).code).toBe('UNAVAILABLE');
  expect(toPublicError(thrownByResolver(gone)).code).toBe('UNAVAILABLE');
});
