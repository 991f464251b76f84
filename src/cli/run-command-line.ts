import { CommanderError } from 'commander';
import { toPublicError } from '../errors/to-public-error.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command; gives the exit code. Never throws: what went wrong is on the terminal, in words for people. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (terminal.signal.aborted) return EXIT.interrupted;
    const known = toPublicError(error, { logger: crashLogger(terminal) });
    terminal.note(
      args.includes('--json')
        ? JSON.stringify({ error: known.extensions, message: known.message })
        : `error: ${known.message}`,
    );
    return exitCodeOf(known.code);
  }
}

/** What is nobody's known error is shown whole: on a terminal there is no log to look it up in. */
function crashLogger(terminal: Terminal) {
  const show = (details: object) => {
    const { err } = details as { err?: unknown };
    terminal.note(err instanceof Error ? (err.stack ?? err.message) : String(err));
  };
  return { debug: () => {}, info: () => {}, warn: show, error: show };
}
