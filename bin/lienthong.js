#!/usr/bin/env node
/**
 * Starts the command line. Plain JavaScript without dependencies, so that any node that a machine has can begin: one
 * that is too old for the hub hands over to the node in `node_modules`, with the same arguments, signals and exit code.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { newerThanBuilt } from './newer-than-built.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const entry = join(root, 'dist', 'src', 'cli', 'entry.js');
const NEEDED = [22, 17];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isNewEnough = major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);

// Only for people: a service has no code beside it, and what it writes is read by machines.
const newer = process.stderr.isTTY ? newerThanBuilt(root, entry) : undefined;
if (newer) console.error(`${newer} is newer than what runs here; \`npm run build\` brings it in.`);

if (!existsSync(entry)) {
  console.error('Liên Thông is not built yet. Run `npm run build` in its folder (`npm ci` does it too).');
  process.exitCode = 1;
} else if (isNewEnough) {
  await import(pathToFileURL(entry).href);
} else {
  handOver();
}

function handOver() {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(node)) {
    console.error(
      `Liên Thông needs Node ${NEEDED.join('.')} or later; this is ${process.versions.node}. ` +
        'Install a newer one, or run `npm ci` in its folder, which brings one along.',
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // The channel tells the child when this process is killed, so that no hub runs on without its parent.
  // A terminal sends Ctrl-C to both processes, a supervisor SIGTERM to this one only. The child may get SIGINT twice, so
  // it is not passed on where the terminal has done so.
  const forward = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => forward(signal));
  child.on('error', (error) => {
    console.error(`Node could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1);
  });
}
