import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const { newerThanBuilt } = (await import('../../bin/newer-than-built.js' as string)) as {
  newerThanBuilt(root: string, built: string): string | undefined;
};

describe('what is newer than what was built', () => {
  let root: string;
  const built = (): string => join(root, 'dist/entry.js');
  const write = (path: string, atSeconds: number): void => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    utimesSync(file, atSeconds, atSeconds);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lienthong-built-'));
    write('dist/entry.js', 1000);
    write('connectors/vnpt/connector.ts', 900);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test('is nothing where the code is as it was', () => {
    expect(newerThanBuilt(root, built())).toBeUndefined();
  });

  test('is the file of code that was changed or made since, wherever it stands', () => {
    write('connectors/vnpost/sandbox.ts', 1001);
    expect(newerThanBuilt(root, built())).toBe('connectors/vnpost/sandbox.ts');
  });

  test('is no file that is not compiled', () => {
    write('connectors/vnpt/README.md', 1001);
    write('test/cli/new.test.ts', 1001);
    expect(newerThanBuilt(root, built())).toBeUndefined();
  });

  test('is nothing where nothing is built, or nothing but what is built', () => {
    expect(newerThanBuilt(root, join(root, 'dist/none.js'))).toBeUndefined();
    rmSync(join(root, 'connectors'), { recursive: true });
    expect(newerThanBuilt(root, built())).toBeUndefined();
  });
});
