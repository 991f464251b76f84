import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** What is compiled into `dist/`. */
const COMPILED = ['connectors', 'schema', 'seeds', 'src'];

/**
 * The path of the first file of code that was changed after `built` was written, from `root` on; undefined where there is
 * none, where nothing is built, and where the code is not there. Takes some milliseconds: it looks at every file.
 */
export function newerThanBuilt(root, built) {
  const builtAt = statSync(built, { throwIfNoEntry: false })?.mtimeMs;
  if (builtAt === undefined) return undefined;
  const found = COMPILED.map((folder) => newerIn(join(root, folder), builtAt)).find(Boolean);
  return found && relative(root, found).split(sep).join('/');
}

function newerIn(folder, builtAt) {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const files = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith('.ts'));
  // A file may go while they are looked at.
  return files
    .map((path) => join(folder, path))
    .find((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > builtAt);
}
