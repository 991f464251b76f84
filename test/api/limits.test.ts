import { describe, expect, test } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { buildHubSchema } from '../../src/api/build-schema.ts';
import type { ApiLimits } from '../../src/api/limits/limits.ts';
import { createPrepareOperation } from '../../src/api/prepare-operation.ts';
import { anonymousRights } from '../../src/services/rights.ts';
import { operationDocuments } from './support/operations.ts';

const schema = buildHubSchema();
const LIMITS: ApiLimits = {
  maxDepth: 12,
  maxCost: 50_000,
  maxPageSize: 500,
  maxAliases: 50,
  maxDocumentBytes: 100_000,
  queryTimeoutMs: 10_000,
};
const prepareWithin = (limits: Partial<ApiLimits> = {}) => createPrepareOperation(schema, { ...LIMITS, ...limits });
const prepare = prepareWithin();

function costOf(query: string, variables: Record<string, unknown> = {}): number {
  const prepared = prepare({ query, variables }, anonymousRights);
  if (!('extensions' in prepared)) throw new Error(JSON.stringify(prepared));
  return (prepared.extensions as { cost: { requested: number } }).cost.requested;
}

function refusalOf(
  query: string,
  limits: Partial<ApiLimits> = {},
  variables = {},
): Record<string, unknown> | undefined {
  const prepared = prepareWithin(limits)({ query, variables }, anonymousRights);
  return 'map' in prepared ? { message: prepared[0]?.message, ...prepared[0]?.extensions } : undefined;
}

/** `levels` nested selections, through provinces and their readiness and criteria and back. */
const nested = (levels: number): string =>
  Array.from({ length: levels }).reduce<string>(
    (inside, _, at) => (at % 2 ? `missing { ${inside} }` : `readiness { criterion { ${inside} } }`),
    'code',
  );

describe('cost', () => {
  test.each([
    ['a field', '{ clock { now } }', {}, 2],
    ['a page without first: 50 rows', '{ deployments { nodes { id status } } }', {}, 1 + 1 + 50 * 2],
    ['a page by first', '{ deployments(first: 3) { edges { cursor node { id } } } }', {}, 1 + 1 + 3 * (1 + 1 + 1)],
    ['a page by variable', 'query ($n: Int) { deployments(first: $n) { nodes { id } } }', { n: 7 }, 1 + 1 + 7],
    ['the default of a variable', 'query ($n: Int = 9) { deployments(first: $n) { nodes { id } } }', {}, 1 + 1 + 9],
    ['a count is not paged', '{ deployments(first: 500) { totalCount pageInfo { endCursor } } }', {}, 1 + 1 + 2],
    ['a list of known length', '{ criteria { code missing { code } } }', {}, 1 + 26 * (1 + 1 + 34)],
    ['fragments', '{ criteria { ...C } } fragment C on Criterion { code name }', {}, 1 + 26 * 2],
  ])('%s', (_what, query, variables, cost) => {
    expect(costOf(query, variables)).toBe(cost);
  });

  test('what analysts ask stays well within the default limit', () => {
    for (const { file, text, kind } of operationDocuments()) {
      if (kind !== 'mutation') expect([file, costOf(text) <= 25_000]).toEqual([file, true]);
    }
  });

  test('the standard introspection query is allowed', () => {
    expect(costOf(getIntrospectionQuery())).toBeLessThan(500);
  });
});

describe('limits hold for queries and subscriptions alike', () => {
  test('cost, with what was asked and what is allowed', () => {
    const query = '{ deployments(first: 500) { nodes { provenance { value source { code lastRun { state } } } } } }';
    expect(refusalOf(query, { maxCost: 1_000 })).toMatchObject({ code: 'LIMIT_COST', limit: 1_000, requested: 20_502 });
  });

  test('depth, through fragments as well', () => {
    const query = `{ provinces { nodes { ${nested(9)} } } }`;
    expect(refusalOf(query, { maxCost: 1e12 })).toMatchObject({ code: 'LIMIT_DEPTH', limit: 12 });
    const spread = `{ provinces { nodes { ...P } } } fragment P on Province { ${nested(9)} }`;
    expect(refusalOf(spread, { maxCost: 1e12 })).toMatchObject({ code: 'LIMIT_DEPTH' });
  });

  test('page size, as literal and as variable', () => {
    expect(refusalOf('{ changes(first: 501) { totalCount } }')).toMatchObject({
      code: 'LIMIT_PAGE_SIZE',
      requested: 501,
    });
    const query = 'query ($n: Int!) { changes(first: $n) { totalCount } }';
    expect(refusalOf(query, {}, { n: 501 })).toMatchObject({ code: 'LIMIT_PAGE_SIZE' });
    expect(refusalOf(query, {}, { n: 500 })).toBeUndefined();
  });

  test('aliases, size and tokens, before the document is validated', () => {
    const aliases = Array.from({ length: 51 }, (_, at) => `a${at}: clock { now }`).join(' ');
    expect(refusalOf(`{ ${aliases} }`)).toMatchObject({ code: 'LIMIT_ALIASES', limit: 50, requested: 51 });
    expect(refusalOf(`{ clock { now } } #${'x'.repeat(100_000)}`)).toMatchObject({ code: 'LIMIT_DOCUMENT_SIZE' });
    expect(refusalOf(`{ ${'clock{now}'.repeat(9_000)} }`)).toMatchObject({ code: 'GRAPHQL_PARSE_FAILED' });
  });

  test('a subscription', () => {
    const query = `subscription { changes { ... on Change { entity { ... on Deployment { province { ${nested(9)} } } } } } }`;
    expect(refusalOf(query, { maxCost: 1e12 })).toMatchObject({ code: 'LIMIT_DEPTH' });
    expect(refusalOf(query)).toMatchObject({ code: expect.stringMatching(/^LIMIT_/) });
  });

  test('a document that doubles itself through fragments is measured at once', () => {
    const fragments = Array.from({ length: 40 }, (_, at) =>
      at === 39 ? `fragment F39 on Province { code }` : `fragment F${at} on Province { ...F${at + 1} ...F${at + 1} }`,
    ).join('\n');
    const began = performance.now();
    expect(refusalOf(`{ provinces { nodes { ...F0 } } } ${fragments}`)).toMatchObject({ code: 'LIMIT_COST' });
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test('introspection that nests lists is refused', () => {
    const query = '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }';
    expect(refusalOf(query)).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  test('many fields of one name do not take long to validate', () => {
    const began = performance.now();
    refusalOf(`{ ${'clock { now } '.repeat(3_000)} }`);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
