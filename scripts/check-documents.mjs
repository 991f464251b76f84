#!/usr/bin/env node
/**
 * Keeps the documents true where a program can: every relative link in a Markdown file leads to a file, every
 * `npm run x` names a script that exists, and a fenced block under `<!-- from path -->` is that file, letter by letter,
 * so that what a reader copies is what the tests run; and the index of decisions lists every page.
 *
 * `--root <folder>` (default: the working directory) is what is checked.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { root: { type: 'string', default: '.' } } });
const root = resolve(values.root);
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.data', '.tmp', 'coverage']);

function* markdownFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* markdownFiles(path);
    else if (entry.name.endsWith('.md')) yield path;
  }
}

const withoutCode = (text) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

function brokenLinks(path, text) {
  const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]);
  return targets
    .filter((target) => !/^([a-z]+:|#)/i.test(target))
    .filter((target) => !existsSync(resolve(dirname(path), decodeURI(target.split('#')[0]))))
    .map((target) => `the link ${target} leads nowhere`);
}

function unknownScripts(text, scripts) {
  const names = [...text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map((match) => match[1]);
  return names.filter((name) => !(name in scripts)).map((name) => `npm run ${name} is no script of package.json`);
}

function staleExamples(text) {
  const blocks = text.matchAll(/<!-- from (\S+) -->\n+```\w*\n([\s\S]*?)^```/gm);
  return [...blocks]
    .filter(([, file, code]) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== code)
    .map(([, file]) => `the block from ${file} is not what that file holds`);
}

/** A folder's README that lists its pages lists all of them. */
function unlistedPages(path, text) {
  if (!path.endsWith(join('decisions', 'README.md'))) return [];
  const pages = readdirSync(dirname(path)).filter((page) => page.endsWith('.md') && page !== 'README.md');
  return pages.filter((page) => !text.includes(`](${page})`)).map((page) => `${page} is not listed`);
}

const manifest = join(root, 'package.json');
const scripts = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')).scripts ?? {}) : {};
const mistakes = [...markdownFiles(root)].flatMap((path) => {
  const text = readFileSync(path, 'utf8');
  return [
    ...brokenLinks(path, text),
    ...unknownScripts(text, scripts),
    ...staleExamples(text),
    ...unlistedPages(path, text),
  ].map((mistake) => `${relative(root, path)}: ${mistake}`);
});
for (const mistake of mistakes) console.error(mistake);
process.exitCode = mistakes.length === 0 ? 0 : 1;
