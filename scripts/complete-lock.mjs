#!/usr/bin/env node
/**
 * Completes package-lock.json with the builds of native packages for other platforms. npm leaves those out of the lock that
 * the registry at hand does not carry, and `npm ci` then refuses the lock on every machine ("Missing: … from lock file").
 * An entry with its version and platform is enough: npm skips what does not fit the machine without asking for it.
 *
 * Run after `npm install` has changed the lock; changes nothing where nothing is missing. With `--check` it only says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { check: { type: 'boolean' }, file: { type: 'string', default: 'package-lock.json' } },
});
const lock = JSON.parse(readFileSync(values.file, 'utf8'));
const packages = lock.packages;

/** Where node finds `name` from `path`, as the lock has it. */
function find(path, name) {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1))) {
    const place = `${from}${from && '/'}node_modules/${name}`;
    if (packages[place]) return place;
    if (from === '') return undefined;
  }
}

const OS = /(?:^|-)(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)(?:-|$)/;
const CPU = /(?:^|-)(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)(?:-|$)/;
const MUSL = /musl/;

/** The platform that the name of a build tells; undefined for a package that is no build for a platform. */
function platformOf(name) {
  const os = OS.exec(name.split('/').at(-1))?.[1];
  const cpu = CPU.exec(name.split('/').at(-1))?.[1];
  if (!os || !cpu) return undefined;
  return { cpu: [cpu], ...(MUSL.test(name) ? { libc: ['musl'] } : {}), optional: true, os: [os] };
}

const added = [];
for (const [path, parent] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
    if (find(path, name)) continue;
    const platform = platformOf(name);
    if (!platform) throw new Error(`${name}, optional of ${path}, is missing and names no platform`);
    const version = range.replace(/^[~^]/, '');
    packages[`node_modules/${name}`] = { version, ...(parent.dev ? { dev: true } : {}), ...platform };
    added.push(`${name}@${version}`);
  }
}
if (added.length > 0 && values.check) {
  console.error(
    `package-lock.json lacks ${added.length} builds for other platforms; run node scripts/complete-lock.mjs:`,
  );
  for (const build of added) console.error(`  ${build}`);
  process.exitCode = 1;
} else if (added.length > 0) {
  lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(values.file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${added.length} builds for other platforms added`);
}
