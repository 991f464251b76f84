#!/usr/bin/env node
/** Puts the files that documents quote (`<!-- from path -->` above a fenced block) into the blocks: `npm run docs`. */
import { globSync, readFileSync, writeFileSync } from 'node:fs';

const BLOCK = /(<!-- from (\S+) -->\n+```\w*\n)[\s\S]*?(^```)/gm;

for (const path of globSync('{*.md,docs/**/*.md}')) {
  const text = readFileSync(path, 'utf8');
  const fresh = text.replace(BLOCK, (_block, head, file, end) => head + readFileSync(file, 'utf8') + end);
  if (fresh !== text) {
    writeFileSync(path, fresh);
    console.log(`${path}: examples brought up to date`);
  }
}
