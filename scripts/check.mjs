#!/usr/bin/env node
/**
 * `npm run check`: every step is an npm script of its own; they run side by side, each reports one line, and the
 * output of what failed follows at the end. Exit code 1 when any failed.
 *
 * Options: `--only a,b`, `--skip a,b` (names of steps), `--json <file>` (what happened, for CI).
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runScript } from './lib/run-script.mjs';

/** `needs` names a step that has to pass first, since it makes what the step reads. */
const STEPS = [
  { name: 'compile', title: 'compiles', script: 'build:code' },
  { name: 'types', title: 'types', script: 'check:types' },
  { name: 'format', title: 'format', script: 'check:format' },
  { name: 'lint', title: 'lint', script: 'check:lint' },
  { name: 'imports', title: 'import directions', script: 'check:imports' },
  { name: 'unused', title: 'unused code', script: 'check:unused' },
  { name: 'documents', title: 'links and examples of the documents', script: 'check:documents' },
  { name: 'lock', title: 'the lock file serves every platform', script: 'check:lock' },
  { name: 'generated', title: 'generated types are up to date', script: 'check:generated' },
  {
    name: 'schema',
    title: 'schema.graphql and sources.schema.json are what the code emits',
    script: 'check:schema',
    needs: 'compile',
  },
  { name: 'unit', title: 'tests that need nothing', script: 'check:unit' },
];

const { values } = parseArgs({
  options: { only: { type: 'string' }, skip: { type: 'string' }, json: { type: 'string' }, help: { type: 'boolean' } },
});
if (values.help) {
  console.log(`npm run check -- [--only a,b] [--skip a,b] [--json file]\n\nSteps:`);
  for (const step of STEPS) console.log(`  ${step.name.padEnd(10)} ${step.title} (npm run ${step.script})`);
  process.exit(0);
}

const named = (list) => list?.split(',').map((name) => name.trim());
const unknown = [...(named(values.only) ?? []), ...(named(values.skip) ?? [])].filter(
  (name) => !STEPS.some((step) => step.name === name),
);
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. Known: ${STEPS.map((step) => step.name).join(', ')}`);
  process.exit(2);
}
const only = named(values.only);
const skip = named(values.skip) ?? [];
const chosen = STEPS.filter((step) => (only ? only.includes(step.name) : true) && !skip.includes(step.name));

/** Runs a step once what it needs has passed; a step whose need failed is not run and says so. */
const started = new Map();
const slots = createSlots(Math.max(2, availableParallelism()));
const start = (step) => {
  if (!started.has(step.name)) started.set(step.name, runStep(step));
  return started.get(step.name);
};
async function runStep(step) {
  const need = STEPS.find((other) => other.name === step.needs);
  if (need && !(await start(need)).passed) {
    return report({ ...step, passed: false, seconds: 0, output: `Not run: ${need.title} failed.` });
  }
  return slots(async () => report({ ...step, ...(await runScript(step.script)) }));
}
function report(result) {
  console.log(`${result.passed ? '✓' : '✗'} ${result.title.padEnd(40)} ${result.seconds.toFixed(1).padStart(6)} s`);
  return result;
}
function createSlots(free) {
  const waiting = [];
  return async (work) => {
    if (free === 0) await new Promise((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

const results = await Promise.all(chosen.map(start));
const failed = results.filter((result) => !result.passed);
for (const result of failed) {
  console.log(`\n── ${result.title} (npm run ${result.script}) ──\n${result.output.trim()}`);
}
if (values.json) {
  const rows = results.map(({ name, title, passed, seconds }) => ({ name, title, passed, seconds }));
  writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}
console.log(
  failed.length === 0
    ? `\nAll ${results.length} checks passed.`
    : `\n${failed.length} of ${results.length} checks failed.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
