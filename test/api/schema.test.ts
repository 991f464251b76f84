import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, isUnionType, parse, validate } from 'graphql';
import { buildHubSchema } from '../../src/api/build-schema.ts';
import { compareSchemas } from '../../src/api/compare-schemas.ts';
import { printHubSchema } from '../../src/api/print-schema.ts';
import { operationDocuments } from './support/operations.ts';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../../', import.meta.url));
const schema = buildHubSchema();
const text = printHubSchema(schema);
const run = promisify(execFile);

describe('the schema', () => {
  test('is the one that is checked in', async () => {
    expect(await readFile(join(root, 'schema/schema.graphql'), 'utf8')).toBe(text);
  });

  test('names every type that analysts and front ends were promised', () => {
    const names = Object.keys(schema.getQueryType()?.getFields() ?? {});
    expect(names).toEqual(
      expect.arrayContaining([
        'node',
        'provinces',
        'province',
        'deployments',
        'criteria',
        'readiness',
        'vendorShare',
        'changes',
        'sources',
        'syncRuns',
        'conflicts',
        'rejections',
        'corrections',
        'clock',
        'links',
        'deploymentAggregates',
        'readinessAggregates',
      ]),
    );
    expect(Object.keys(schema.getSubscriptionType()?.getFields() ?? {}).sort()).toEqual([
      'changes',
      'conflicts',
      'deployments',
      'dossierStatistics',
      'links',
      'readiness',
      'serviceCoverage',
      'serviceHealth',
      'sources',
      'syncRunProgress',
      'usageStatistics',
    ]);
    expect(Object.keys(schema.getMutationType()?.getFields() ?? {}).sort()).toEqual([
      'backfillSource',
      'correct',
      'pauseSource',
      'replayRejections',
      'replaySource',
      'resetCheckpoint',
      'resumeSource',
      'settleNotice',
      'syncNow',
      'withdrawCorrection',
    ]);
  });

  test('gives provenance, conflicts and freshness on every entity that sources describe', () => {
    const described = schema.getType('Described');
    if (!isInterfaceType(described)) throw new Error('Described is no interface');
    const kinds = ['Deployment', 'Readiness', 'Link', 'ServiceCoverage', 'VendorCount', 'CriterionCount'];
    expect(
      schema
        .getImplementations(described)
        .objects.map((type) => type.name)
        .sort(),
    ).toEqual(kinds.sort());
    expect(Object.keys(described.getFields())).toEqual(
      expect.arrayContaining(['provenance', 'conflicts', 'freshness', 'updatedAt', 'staleSince']),
    );
  });

  test('every event of a feed has its cursor', () => {
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isUnionType(type)) continue;
      for (const member of type.getTypes())
        expect([member.name, 'cursor' in member.getFields()]).toEqual([member.name, true]);
    }
  });

  test('describes its types', () => {
    const silent = Object.values(schema.getTypeMap())
      .filter(
        (type) =>
          isObjectType(type) ||
          isInterfaceType(type) ||
          isInputObjectType(type) ||
          isEnumType(type) ||
          isUnionType(type),
      )
      .filter(
        ({ name, description }) =>
          !description && !/^__|^(Query|Mutation|Subscription)$|(Edge|Connection|Payload)$/.test(name),
      );
    expect(silent.map(({ name }) => name)).toEqual(['Difficulty']);
  });

  test.each(operationDocuments().map(({ file, text: document }) => [file, document]))(
    '%s is valid and told in two languages',
    (_file, document) => {
      expect(validate(schema, parse(document))).toEqual([]);
      const comments = document.split('\n').filter((line) => line.startsWith('# '));
      expect(comments.length).toBeGreaterThanOrEqual(2);
      expect(comments.join('').normalize('NFC')).toBe(comments.join(''));
      expect(comments[0]).toMatch(/[ăâđêôơưáàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụýỳỷỹỵ]/i);
    },
  );
});

test('what breaks clients is named', () => {
  const older = 'type Query { a: Int b(c: Int): String }';
  expect(compareSchemas(older, 'type Query { a: Int! b(c: Int): String d: Int }')).toEqual([]);
  expect(compareSchemas(older, 'type Query { b(c: Int!): String }')).toEqual([
    'FIELD_REMOVED: Query.a was removed.',
    'ARG_CHANGED_KIND: Query.b arg c has changed type from Int to Int!.',
  ]);
});

test('relay-compiler takes the schema, with pagination, refetching and a subscription', async () => {
  const project = await mkdtemp(join(tmpdir(), 'lienthong-relay-'));
  try {
    await mkdir(join(project, 'src'));
    await symlink(join(root, 'node_modules'), join(project, 'node_modules'));
    await writeFile(join(project, 'schema.graphql'), text);
    await writeFile(
      join(project, 'relay.config.json'),
      JSON.stringify({ src: './src', schema: './schema.graphql', language: 'javascript' }),
    );
    await writeFile(join(project, 'src', 'DeploymentList.js'), RELAY_CLIENT);
    const compiler = require.resolve('relay-compiler/cli.js');
    const { stdout, stderr } = await run(process.execPath, [compiler, 'relay.config.json'], { cwd: project });
    expect(`${stdout}${stderr}`).not.toMatch(/ERROR/);
    const artifacts = await readdir(join(project, 'src', '__generated__'));
    expect(artifacts.sort()).toEqual([
      'DeploymentListPaginationQuery.graphql.js',
      'DeploymentListQuery.graphql.js',
      'DeploymentListSubscription.graphql.js',
      'DeploymentList_province.graphql.js',
      'DeploymentList_query.graphql.js',
      'ProvinceRefetchQuery.graphql.js',
    ]);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
});

const RELAY_CLIENT = `
import { graphql } from 'relay-runtime';
graphql\`
  fragment DeploymentList_query on Query
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "Cursor" })
  @refetchable(queryName: "DeploymentListPaginationQuery") {
    deployments(first: $first, after: $after, filter: { systems: ["TTHC"] }) @connection(key: "DeploymentList_deployments") {
      edges { node { id status province { ...DeploymentList_province } } }
    }
  }
\`;
graphql\`
  fragment DeploymentList_province on Province @refetchable(queryName: "ProvinceRefetchQuery") { id name communeCount }
\`;
graphql\`query DeploymentListQuery { ...DeploymentList_query }\`;
graphql\`
  subscription DeploymentListSubscription($after: Cursor) {
    deployments(after: $after) {
      __typename
      ... on DeploymentChange { cursor node { id status } }
    }
  }
\`;
`;
