import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildHubSchema } from './build-schema.ts';
import { compareSchemas } from './compare-schemas.ts';
import { printHubSchema } from './print-schema.ts';

/**
 * `npm run emit-schema` writes `schema/schema.graphql`. With `--check` it writes nothing: it fails when the file differs
 * from what the code emits. Either way it names what breaks clients, against the file as it was last committed, or the
 * one given with `--against`; with `--forbid-breaking` that fails as well.
 */
const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    against: { type: 'string' },
    'forbid-breaking': { type: 'boolean', default: false },
  },
});
const FILE = 'schema/schema.graphql';
const root = packageRoot(dirname(fileURLToPath(import.meta.url)));
const path = resolve(root, FILE);
const emitted = printHubSchema(buildHubSchema());
const written = existsSync(path) ? readFileSync(path, 'utf8') : '';

const before = values.against ? readFileSync(resolve(values.against), 'utf8') : committed();
const breaking = before ? compareSchemas(before, emitted) : [];
for (const change of breaking) console.log(`breaking: ${change}`);
if (!values.check) {
  if (written !== emitted) writeFileSync(path, emitted);
  console.log(written === emitted ? `${FILE} is up to date` : `${FILE} written`);
} else if (written !== emitted) {
  console.error(`${FILE} is not what the code emits. Run "npm run emit-schema" and commit the result.`);
  process.exitCode = 1;
}
if (values['forbid-breaking'] && breaking.length > 0) process.exitCode = 1;

/** The code runs from `src` and from `dist/src`. */
function packageRoot(from: string): string {
  return existsSync(resolve(from, 'package.json')) ? from : packageRoot(dirname(from));
}

/** As last committed; nothing where there is no repository, or the file is new. */
function committed(): string | undefined {
  try {
    return execFileSync('git', ['show', `HEAD:${FILE}`], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}
