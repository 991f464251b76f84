import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const project = resolve('.');
let house: string;
beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'house-'));
  copyFileSync('.dependency-cruiser.cjs', join(house, '.dependency-cruiser.cjs'));
  symlinkSync(join(project, 'node_modules'), join(house, 'node_modules'));
  for (const path of [
    'src/lib/a.ts',
    'src/config/a.ts',
    'src/unify/a.ts',
    'src/services/rights.ts',
    'src/services/a.ts',
    'src/live/a.ts',
    'src/api/a.ts',
    'schema/kinds/a.ts',
    'schema/entities/a.ts',
    'connectors/kit/a.ts',
    'connectors/khcn/contract.ts',
    'connectors/vnpt/contract.ts',
    'seeds/a.ts',
    'test/a.ts',
  ]) {
    write(path, 'export const a = 1;\nexport type A = number;\n');
  }
});
afterEach(() => rmSync(house, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), text);
}

/** What the tool says of a house in which `from` imports `to`. */
function importing(
  from: string,
  to: string,
  statement = "import { a } from '$'",
): { code: number | null; said: string } {
  const up = '../'.repeat(from.split('/').length - 1);
  write(from, `${statement.replace('$', up + to)};\nexport const b = 1;\n`);
  const run = spawnSync(
    process.execPath,
    [
      join(project, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.cjs', '--output-type', 'err'],
      ...['src', 'schema', 'connectors', 'seeds'],
    ],
    { cwd: house, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  return { code: run.status, said: run.stdout + run.stderr };
}

describe('import directions', () => {
  test.each([
    ['api', 'src/api/b.ts', 'src/services/a.ts'],
    ['live for the rights', 'src/live/b.ts', 'src/services/rights.ts'],
    ['a stand-in for the facts', 'connectors/khcn/sandbox.ts', 'seeds/a.ts'],
    ['the composition', 'src/main.ts', 'connectors/khcn/contract.ts'],
    ['a connector for the kit', 'connectors/khcn/mapping.ts', 'connectors/kit/a.ts'],
  ])('let %s look inward', (_name, from, to) => {
    expect(importing(from, to)).toMatchObject({ code: 0 });
  });

  test.each([
    ['a leaf that looks at the configuration', 'src/lib/b.ts', 'src/config/a.ts', 'lib-imports-only-what-is-inward'],
    ['the schema that looks at the server', 'schema/kinds/b.ts', 'src/lib/a.ts', 'schema-imports-only-what-is-inward'],
    ['a migration that looks at an entity', 'schema/migrations/b.ts', 'schema/entities/a.ts', 'schema-migrations'],
    ['unify that looks at the services', 'src/unify/b.ts', 'src/services/a.ts', 'unify-imports-only-what-is-inward'],
    ['live that looks past the rights', 'src/live/b.ts', 'src/services/a.ts', 'live-imports-only-what-is-inward'],
    ['the api that skips the services', 'src/api/b.ts', 'src/unify/a.ts', 'api-imports-only-what-is-inward'],
    ['a connector that knows a sibling', 'connectors/khcn/mapping.ts', 'connectors/vnpt/contract.ts', 'its-siblings'],
    ['a connector that knows the hub', 'connectors/khcn/mapping.ts', 'src/unify/a.ts', 'knows-nothing-of-the-hub'],
    ['a mapping that peeks at the facts', 'connectors/khcn/mapping.ts', 'seeds/a.ts', 'seeds-are-for-stand-ins'],
    ['a service that names a connector', 'src/services/b.ts', 'connectors/vnpt/contract.ts', 'names-a-connector'],
    ['code that needs a test', 'src/lib/b.ts', 'test/a.ts', 'only-for-development'],
  ])('refuse %s', (_name, from, to, rule) => {
    const { code, said } = importing(from, to);
    expect(said).toContain(rule);
    expect(code).not.toBe(0);
  });

  test.each([
    ['an import of a type', "import type { A } from '$'"],
    ['a re-export', "export { a } from '$'"],
    ['a dynamic import', "export const c = await import('$')"],
  ])('see %s', (_name, statement) => {
    const { code, said } = importing('src/unify/b.ts', 'src/services/a.ts', statement);
    expect(said).toContain('unify-imports-only-what-is-inward');
    expect(code).not.toBe(0);
  });
});
