import { describe, expect, test } from '@jest/globals';
import { connectionNodes, graphqlErrorCode, hasGraphqlErrors } from '../../../connectors/kit/graphql.ts';
import { RecordError } from '../../../connectors/kit/index.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';

const connection = (edges: Json): Json => ({ edges, pageInfo: { hasNextPage: false, endCursor: null } });
const error = { message: 'Kho đang bảo trì', path: ['a', 'edges', 1, 'node'] };

describe('an answer of GraphQL', () => {
  test.each<{ name: string; body: Json; code: string | undefined; hasErrors: boolean }>([
    { name: 'data alone is a success', body: { data: { a: 1 } }, code: undefined, hasErrors: false },
    { name: 'so is an empty list of errors', body: { data: { a: 1 }, errors: [] }, code: undefined, hasErrors: false },
    {
      name: 'data with errors is one in part',
      body: { data: { a: 1 }, errors: [error] },
      code: undefined,
      hasErrors: true,
    },
    { name: 'errors alone are none', body: { errors: [error] }, code: 'GRAPHQL_ERROR', hasErrors: true },
    {
      name: 'and go by their code',
      body: { data: null, errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] },
      code: 'FORBIDDEN',
      hasErrors: true,
    },
    { name: 'what is no answer of GraphQL has no code', body: [1], code: undefined, hasErrors: false },
  ])('$name', ({ body, code, hasErrors }) => {
    expect([graphqlErrorCode(body), hasGraphqlErrors(body)]).toEqual([code, hasErrors]);
  });

  test.each([
    { name: 'a node that is null', edges: [{ node: { id: '1' } }, { node: null }, { node: { id: '3' } }] },
    { name: 'an edge that is null', edges: [{ node: { id: '1' } }, null, { node: { id: '3' } }] },
  ])('$name leaves its reason in its place, and the others as they are', ({ edges }) => {
    const nodes = connectionNodes({ data: { a: connection(edges) }, errors: [error] }, ['a']);
    expect(nodes[1]).toBeInstanceOf(RecordError);
    expect(nodes[1]).toMatchObject({
      message: 'the upstream could not give it: Kho đang bảo trì',
      path: 'a.edges.1',
    });
    expect([nodes[0], nodes[2]]).toEqual([{ id: '1' }, { id: '3' }]);
  });

  test('what a stand-in says of a node goes with it', () => {
    const extensions = { sandbox: { '1': { simulated: true } } };
    const edges = [{ node: { id: '1' } }, { node: { id: '2' } }];
    expect(connectionNodes({ data: { a: connection(edges) }, extensions }, ['a'])).toEqual([
      { id: '1', _sandbox: { simulated: true } },
      { id: '2' },
    ]);
  });

  test('a node that is missing without an error is said to be so', () => {
    const nodes = connectionNodes({ data: { a: connection([{ node: null }]) } }, ['a']);
    expect(nodes[0]).toMatchObject({ message: 'the upstream could not give it: no reason is told' });
  });

  test('an error that took the connection itself fails, and it may be asked for again', () => {
    const body = { data: { a: null }, errors: [{ message: 'away', path: ['a'] }] };
    expect(() => connectionNodes(body, ['a'])).toThrow(expect.objectContaining({ code: 'UPSTREAM_SYSTEM' }));
  });

  test('a connection that is not there without a word breaks the contract', () => {
    expect(() => connectionNodes({ data: {} }, ['a'])).toThrow(expect.objectContaining({ code: 'UPSTREAM_CONTRACT' }));
  });
});
