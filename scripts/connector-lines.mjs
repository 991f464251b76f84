#!/usr/bin/env node
/**
 * `npm run connector-lines`: how many lines of code each connector takes, blank lines and comments left out: connector,
 * contract, mapping and whatever else its folder needs to read the upstream, and beside them its stand-in. Prints a
 * table; `--write` puts it into docs/connectors.md, `--check` fails where that page does not have it.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    root: { type: 'string', default: '.' },
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});
const root = resolve(values.root);
const folders = readdirSync(join(root, 'connectors'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['kit', 'testkit'].includes(entry.name))
  .filter((entry) => existsSync(join(root, 'connectors', entry.name, 'connector.ts')))
  .map(({ name }) => name)
  .sort();

/** Lines that hold code. Comments stand on lines of their own in this house, so no parser is needed. */
function codeLines(path) {
  const text = readFileSync(path, 'utf8').replace(/^\s*\/\*[\s\S]*?\*\/\s*$/gm, '');
  return text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
}

const isStandIn = (file) => /^sandbox.*\.ts$/.test(file);

function rowOf(id) {
  const folder = join(root, 'connectors', id);
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const lines = (chosen) => chosen.reduce((sum, file) => sum + codeLines(join(folder, file)), 0);
  const count = (file) => (files.includes(file) ? lines([file]) : 0);
  const [connector, contract, mapping] = ['connector.ts', 'contract.ts', 'mapping.ts'].map(count);
  const reading = lines(files.filter((file) => !isStandIn(file)));
  const title = /title: '([^']+)'/.exec(readFileSync(join(folder, 'connector.ts'), 'utf8'))?.[1] ?? id;
  return {
    id,
    title,
    connector,
    contract,
    mapping,
    other: reading - connector - contract - mapping,
    reading,
    standIn: lines(files.filter(isStandIn)),
  };
}

function tableOf(rows) {
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  const numbers = ['connector', 'contract', 'mapping', 'other', 'reading', 'standIn'];
  return [
    '| connector | upstream | connector.ts | contract.ts | mapping.ts | other | together | stand-in |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map((row) => {
      const cells = numbers.map((name) => row[name] || '');
      return `| [${row.id}](../connectors/${row.id}/README.md) | ${row.title} | ${cells.join(' | ')} |`;
    }),
    `| all ${rows.length} | | ${numbers.map(sum).join(' | ')} |`,
    '',
  ].join('\n');
}

const table = tableOf(folders.map(rowOf));
const page = join(root, 'docs/connectors.md');
const BLOCK = /(<!-- connector lines -->\n\n)[\s\S]*?(<!-- end -->)/;
if (values.write || values.check) {
  const text = readFileSync(page, 'utf8');
  if (!BLOCK.test(text)) throw new Error('docs/connectors.md has no place for the table');
  const fresh = text.replace(BLOCK, (_block, head, tail) => `${head}${table}\n${tail}`);
  if (values.write) writeFileSync(page, fresh);
  else if (fresh !== text) {
    console.error('docs/connectors.md: the table of connectors is out of date; run npm run docs');
    process.exitCode = 1;
  }
} else {
  console.log(table);
}
