import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { toMarkdown } from './markdown.ts';
import type { Recorded, Section } from './report.ts';

/**
 * Keeps the figures beside what they were measured on, as `latest.json` and `latest.md` in `bench/results`. A part that this run
 * left out keeps the figures it had, with the time and commit of their own run.
 */
export function record(root: string, sections: readonly Section[], order: readonly string[]): string {
  const folder = join(root, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'latest.json');
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30) };
  const stamp = { at: new Date().toISOString(), commit: revision(root) };
  const measured = sections.map((section): Recorded => ({ ...section, ...stamp }));
  const kept = earlier(file).filter((section) => !measured.some(({ name }) => name === section.name));
  const all = [...measured, ...kept].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  writeFileSync(file, `${JSON.stringify({ node: process.version, machine, sections: all }, null, 2)}\n`);
  const on = `${machine.cores} cores of ${machine.cpu}, ${machine.memoryGiB} GiB`;
  writeFileSync(join(folder, 'latest.md'), toMarkdown(process.version, on, all));
  return file;
}

function earlier(file: string): Recorded[] {
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, 'utf8')) as { sections: Recorded[] }).sections;
}

function revision(root: string): string | null {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
