import 'reflect-metadata';
import { EXIT } from './exit-codes.ts';
import { runCommandLine } from './run-command-line.ts';

/** The process of the command line: the terminal, Ctrl-C, the exit code. */
const stopping = new AbortController();

function stop(signal: NodeJS.Signals): void {
  // The second one does not wait for anything.
  if (stopping.signal.aborted) process.exit(EXIT.interrupted);
  stopping.abort(new Error(signal));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
if (process.channel) {
  process.channel.unref();
  process.on('disconnect', () => stop('SIGTERM'));
}
// `lienthong tail | head` ends by closing the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  isInteractive: process.stderr.isTTY === true && !process.env.CI,
  env: process.env,
  signal: stopping.signal,
});
