#!/usr/bin/env node
/** What `npm ci` ends with: builds, and links `node_modules/.bin/lienthong` so that `npx lienthong` works in a clone. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
await import('./build.mjs');
if (existsSync(join(here, 'link-bin.mjs'))) await import('./link-bin.mjs');
