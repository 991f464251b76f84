import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadUserInputError, ConflictError } from '../../errors/index.ts';
import { connectorFile } from './connector-file.ts';
import { contractFile, mappingFile, readmeFile } from './other-files.ts';
import { type ConnectorPlan, camelCase, checkPlan, mistakeIn } from './plan.ts';
import { sandboxFile } from './sandbox-file.ts';

/** The files of a new connector, by name. */
export function connectorFiles(plan: ConnectorPlan): Readonly<Record<string, string>> {
  return {
    'connector.ts': connectorFile(plan),
    'contract.ts': contractFile(plan),
    'mapping.ts': mappingFile(plan),
    'sandbox.ts': sandboxFile(plan),
    'README.md': readmeFile(plan),
  };
}

/** The two lists that a connector stands in: the file, the end of the name there, and the file that it comes from. */
const LISTS = [
  { file: 'index.ts', suffix: 'Connector', from: 'connector.ts' },
  { file: 'stand-ins.ts', suffix: 'StandIn', from: 'sandbox.ts' },
] as const;
const LIST_PATHS = LISTS.map(({ file }) => `connectors/${file}`);

/**
 * Says whether a connector of this id can be begun, before anything else is asked.
 * @throws BadUserInputError for what is no id, or a root that is no checkout of the source code
 * @throws ConflictError where there is such a connector already, or one whose name in code would be the same
 */
export async function checkFree(root: string, id: string): Promise<void> {
  const mistake = mistakeIn.id(id);
  if (mistake) throw new BadUserInputError(mistake);
  if (await exists(join(root, 'connectors', id))) {
    throw new ConflictError(`connectors/${id} is there already; take another id.`);
  }
  for (const { file, suffix } of LISTS) {
    const name = `${camelCase(id)}${suffix}`;
    if (!new RegExp(`\\b${name}\\b`).test(await readList(root, file))) continue;
    throw new ConflictError(`connectors/${file} has a ${name} already, which is what ${id} would be; take another id.`);
  }
}

/**
 * Makes the folder and adds the connector to both lists; gives what was written, relative to the root. Where something
 * cannot be written, nothing of it is left.
 * @throws BadUserInputError for a plan that makes no sense, or a root that is no checkout of the source code
 * @throws ConflictError where there is such a connector already; nothing is written then
 */
export async function writeConnector(
  root: string,
  given: ConnectorPlan,
  write: (path: string, text: string) => Promise<void> = writeFile,
): Promise<string[]> {
  const plan = checkPlan(given);
  await checkFree(root, plan.id);
  const folder = join(root, 'connectors', plan.id);
  const before = await Promise.all(LISTS.map((list) => readList(root, list.file)));
  const entries = LISTS.map((list, index) => withEntry(before[index] ?? '', plan, list));
  const files = Object.entries(connectorFiles(plan));
  await mkdir(folder);
  try {
    for (const [name, text] of files) await write(join(folder, name), text);
    for (const [index, path] of LIST_PATHS.entries()) await write(join(root, path), entries[index] ?? '');
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    for (const [index, path] of LIST_PATHS.entries()) {
      if ((await readFile(join(root, path), 'utf8')) !== before[index])
        await writeFile(join(root, path), before[index] ?? '');
    }
    throw error;
  }
  const written = [...files.map(([name]) => `connectors/${plan.id}/${name}`), ...LIST_PATHS];
  format(root, written);
  return written;
}

async function readList(root: string, file: string): Promise<string> {
  try {
    return await readFile(join(root, 'connectors', file), 'utf8');
  } catch (error) {
    throw new BadUserInputError(
      `There is no connectors/${file} in ${root}; run this in a checkout of the source code.`,
      {
        cause: error,
      },
    );
  }
}

/** The list with one import more, in the order of their paths, and one entry more, at the end. */
function withEntry(text: string, { id }: ConnectorPlan, { suffix, from, file }: (typeof LISTS)[number]): string {
  const name = `${camelCase(id)}${suffix}`;
  const path = `./${id}/${from}`;
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => new RegExp(`^ +\\w+${suffix},$`).test(line));
  if (last === -1) throw new BadUserInputError(`connectors/${file} has not the list that it should have.`);
  const [indent] = /^ +/.exec(lines[last] ?? '') ?? [''];
  lines.splice(last + 1, 0, `${indent}${name},`);
  const pathOf = (line: string) => /^import .* from '(\.\/[^']+)';$/.exec(line)?.[1];
  const later = lines.findIndex((line) => (pathOf(line) ?? '') > path);
  const place = later === -1 ? lines.findLastIndex((line) => pathOf(line) !== undefined) + 1 : later;
  lines.splice(place, 0, `import { ${name} } from '${path}';`);
  return lines.join('\n');
}

/** As the checkout formats its code; where its formatter is not installed the files stay as they were written. */
function format(root: string, paths: readonly string[]): void {
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  spawnSync(process.execPath, [biome, 'check', '--write', ...paths], { cwd: root, stdio: 'ignore' });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
