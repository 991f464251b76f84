import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const check = (...args: string[]) => spawnSync(process.execPath, ['scripts/check.mjs', ...args], { encoding: 'utf8' });

describe('npm run check', () => {
  test('tells its steps, each a script of its own', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = [...check('--help').stdout.matchAll(/npm run ([\w:]+)\)/g)].map((match) => match[1] as string);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('refuses a step that does not exist, by its name', () => {
    const run = check('--only', 'typos');
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('No such step: typos');
  });

  test('reports one line for a step that passes', () => {
    const run = check('--only', 'documents');
    expect(run.stdout).toMatch(/^[✓✗] links and examples of the documents/);
  });
});
