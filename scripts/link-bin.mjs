#!/usr/bin/env node
/**
 * npm links the commands of dependencies, not of the package itself; this does, so that `npx lienthong` works in a clone.
 * `package.json` has no `bin` for the same reason: with one, npx would install the clone into its own cache, and build it
 * there again, before it runs anything.
 */
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'node_modules', '.bin');
const link = join(folder, 'lienthong');

mkdirSync(folder, { recursive: true });
rmSync(link, { force: true });
if (process.platform === 'win32') {
  writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\bin\\lienthong.js" %*\r\n');
} else {
  chmodSync(join(root, 'bin', 'lienthong.js'), 0o755);
  symlinkSync('../../bin/lienthong.js', link);
}
