import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectors } from '../../connectors/index.ts';
import { findPackageRoot } from '../../seeds/package-root.ts';
import { buildSourcesSchema } from '../composition/sources-schema.ts';

/**
 * Writes `schema/sources.schema.json` from what the hub checks the file of sources with; a part of
 * `npm run emit-schema`. With `--check` it writes nothing and fails where the two differ.
 */
const FILE = 'schema/sources.schema.json';
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const path = join(findPackageRoot(), FILE);
const emitted = `${JSON.stringify(buildSourcesSchema(connectors), null, 2)}\n`;
const written = existsSync(path) ? readFileSync(path, 'utf8') : '';

if (!values.check) {
  if (written !== emitted) writeFileSync(path, emitted);
  console.log(written === emitted ? `${FILE} is up to date` : `${FILE} written`);
} else if (written !== emitted) {
  console.error(`${FILE} is not what the code emits. Run "npm run emit-schema" and commit the result.`);
  process.exitCode = 1;
}
