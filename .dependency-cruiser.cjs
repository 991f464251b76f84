/**
 * Who may import whom, as CONTRIBUTING.md says in words. Everything points inward; `lib`, `errors` and `observability`
 * are open to all of `src`; only the composition roots (`src/main.ts`, `src/cli`) see everything.
 *
 * TypeScript 7 has no JavaScript API that dependency-cruiser could use, so the parser is SWC, which sees type imports
 * as well (docs/decisions/import-directions.md).
 */
const OURS = '^(src|schema|connectors|seeds|test|bench|web|scripts|docs)/';
const OPEN = ['^src/lib/', '^src/errors/', '^src/observability/'];
const RIGHTS = '^src/services/rights\\.ts$';
/** Contracts that stand with the part that defines them: the shape of a change, and the handle of the open database. */
const DATABASE_HANDLE = '^src/database/open-database\\.ts$';
/** What a library that makes connections for itself is given to make them of. */
const STEADY_CLIENT = '^src/database/steady-client\\.ts$';
/** Names of notifications, for those who wait for one. */
const CHANNELS = '^src/database/channels\\.ts$';
const FACTS = ['^schema/observation\\.ts$', '^schema/kinds/', '^schema/unit-code\\.ts$'];

/** Every part of the house: where it lives, and what it may import of ours besides itself. */
const parts = [
  { name: 'lib', path: '^src/lib/', may: [] },
  { name: 'errors', path: '^src/errors/', may: ['^src/lib/'] },
  { name: 'config', path: '^src/config/', may: ['^src/lib/', '^src/errors/'] },
  { name: 'observability', path: '^src/observability/', may: ['^src/config/', '^src/lib/', '^src/errors/'] },
  { name: 'schema', path: '^schema/', may: [] },
  { name: 'schema-kinds', path: '^schema/kinds/', may: [] },
  { name: 'schema-scalars', path: '^schema/scalars/', may: ['^schema/kinds/'] },
  { name: 'schema-migrations', path: '^schema/migrations/', may: [] },
  { name: 'schema-entities', path: '^schema/entities/', may: ['^schema/scalars/', ...FACTS] },
  { name: 'schema-types', path: '^schema/types/', may: ['^schema/entities/', '^schema/scalars/', ...FACTS] },
  { name: 'connector-kit', path: '^connectors/kit/', may: ['^schema/', '^src/lib/'] },
  { name: 'connector-testkit', path: '^connectors/testkit/', may: ['^connectors/kit/', '^schema/', '^src/lib/'] },
  { name: 'seeds', path: '^seeds/', may: ['^schema/'] },
  { name: 'database', path: '^src/database/', may: ['^schema/', ...OPEN] },
  { name: 'unify', path: '^src/unify/', may: ['^schema/', '^src/database/', ...OPEN] },
  { name: 'live', path: '^src/live/', may: ['^schema/', '^src/database/', RIGHTS, ...OPEN] },
  {
    name: 'services',
    path: '^src/services/',
    may: ['^schema/', '^src/database/', '^src/unify/', '^src/live/', ...OPEN],
  },
  { name: 'sync', path: '^src/sync/', may: ['^connectors/kit/', '^schema/', '^src/database/', '^src/unify/', ...OPEN] },
  { name: 'api', path: '^src/api/', may: ['^schema/', '^src/services/', '^src/live/', DATABASE_HANDLE, ...OPEN] },
  {
    name: 'jobs',
    path: '^src/jobs/',
    may: ['^src/sync/', '^src/services/', DATABASE_HANDLE, STEADY_CLIENT, ...OPEN],
  },
  {
    name: 'transport',
    path: '^src/transport/',
    may: ['^src/api/', '^src/live/', RIGHTS, DATABASE_HANDLE, CHANNELS, ...OPEN],
  },
];

const directions = parts.map(({ name, path, may }) => ({
  name: `${name}-imports-only-what-is-inward`,
  severity: 'error',
  from: { path },
  to: { path: OURS, pathNot: [path, ...may] },
}));

module.exports = {
  forbidden: [
    ...directions,
    {
      name: 'a-source-knows-nothing-of-the-hub-or-its-siblings',
      comment: 'A connector may be lifted into another hub: the kit, the schema, and the seeds for its stand-in.',
      severity: 'error',
      from: { path: '^connectors/(?!kit/|testkit/)([^/]+)/' },
      to: { path: OURS, pathNot: ['^connectors/$1/', '^connectors/kit/', '^schema/', '^seeds/', '^src/lib/'] },
    },
    {
      name: 'seeds-are-for-stand-ins',
      comment: 'What the hub reads of an upstream comes over HTTP; only the stand-in may look at the facts themselves.',
      severity: 'error',
      from: { path: '^connectors/(?!kit/|testkit/)[^/]+/(?!sandbox)[^/]+\\.ts$' },
      to: { path: '^seeds/' },
    },
    {
      name: 'only-the-composition-names-a-connector',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/main\\.ts$', '^src/cli/', '^src/composition/'] },
      to: { path: '^connectors/(?!kit/)' },
    },
    {
      name: 'nothing-imports-what-is-only-for-development',
      severity: 'error',
      from: { path: '^(src|schema|connectors|seeds)/' },
      to: { path: '^(test|bench|web|scripts|docs)/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.data|\\.tmp|schema/generated)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'require', 'types', 'default'],
    },
  },
};
