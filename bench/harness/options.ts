import { parseArgs } from 'node:util';
import type { BenchServer } from './postgres.ts';

export interface BenchContext {
  /** The root of the package. */
  readonly root: string;
  readonly postgres: BenchServer;
  /** Smaller counts: to see that it runs, not to quote. */
  readonly isQuick: boolean;
  readonly progress: (step: string) => void;
}

export interface BenchOptions {
  readonly only: readonly string[];
  readonly isQuick: boolean;
}

/** The options of the command line, `'help'` where help was asked for; throws with a message on what does not exist. */
export function readOptions(argv: readonly string[], known: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: { only: { type: 'string' }, quick: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return 'help';
  const only = values.only?.split(',').map((name) => name.trim()) ?? [...known];
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No such part: ${unknown.join(', ')}. Known: ${known.join(', ')}`);
  return { only, isQuick: values.quick ?? false };
}
