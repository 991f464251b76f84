import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'documents-'));
  write('package.json', JSON.stringify({ scripts: { check: 'true' } }));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function check(): { code: number | null; said: string } {
  const run = spawnSync(process.execPath, ['scripts/check-documents.mjs', '--root', root], { encoding: 'utf8' });
  return { code: run.status, said: run.stderr };
}

describe('check-documents', () => {
  test('passes documents whose links, scripts and examples hold', () => {
    write('docs/a.ts', "console.log('a');\n");
    write(
      'README.md',
      "[a](docs/a.ts) [web](https://example.org) [here](#part) `npm run check`\n\n<!-- from docs/a.ts -->\n```ts\nconsole.log('a');\n```\n",
    );
    expect(check()).toEqual({ code: 0, said: '' });
  });

  test.each([
    ['a link to a missing file', '[a](docs/gone.md)', 'README.md: the link docs/gone.md leads nowhere\n'],
    [
      'a script that does not exist',
      'Run `npm run nothing`.',
      'README.md: npm run nothing is no script of package.json\n',
    ],
    [
      'an example that differs from its file',
      '<!-- from package.json -->\n```json\n{}\n```\n',
      'README.md: the block from package.json is not what that file holds\n',
    ],
  ])('names %s', (_name, text, said) => {
    write('README.md', text);
    expect(check()).toEqual({ code: 1, said });
  });

  test('names a decision that the index leaves out', () => {
    write('docs/decisions/README.md', '# Decisions\n');
    write('docs/decisions/a.md', '# A\n');
    expect(check().said).toBe('docs/decisions/README.md: a.md is not listed\n');
  });

  test('takes no link from a code block', () => {
    write('README.md', '```md\n[a](gone.md)\n```\nand `[b](gone.md)`\n');
    expect(check().code).toBe(0);
  });
});
