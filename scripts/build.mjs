#!/usr/bin/env node
/**
 * Makes `dist/`: the code by the compiler, and the page that the hub serves to browsers. Says what it is doing, since
 * `npm ci` ends with it. Exits with the code of the first step that fails.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** `needs` is what a step starts; a tree without it (an install without development tools) leaves the step out. */
const STEPS = [
  { title: 'code', needs: 'node_modules/typescript/bin/tsc', args: ['-p', 'tsconfig.build.json'] },
  { title: 'page for the browser', needs: 'scripts/build-web.mjs', args: [] },
];

for (const { title, needs, args } of STEPS) {
  if (!existsSync(resolve(root, needs))) {
    console.log(`build: ${title}: left out, ${needs} is not here`);
    continue;
  }
  const begun = performance.now();
  const { status, error } = spawnSync(process.execPath, [resolve(root, needs), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error || status !== 0) {
    console.error(`build: ${title}: failed${error ? `: ${error.message}` : ''}`);
    process.exit(status || 1);
  }
  console.log(`build: ${title}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}
