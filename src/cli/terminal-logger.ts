import { type Logger, silentLogger } from '../lib/logger.ts';
import type { Terminal } from './terminal.ts';

/** What is a mistake of ours is shown whole: a command has no log to look it up in. The rest the command says itself. */
export function terminalLogger(terminal: Terminal): Logger {
  return {
    ...silentLogger,
    error: (details, message) => {
      const { error } = details as { error?: unknown };
      terminal.note(`${message}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  };
}
