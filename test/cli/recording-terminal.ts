import { runCommandLine } from '../../src/cli/run-command-line.ts';

export interface Recorded {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process; gives what it wrote. */
export async function runCommand(args: readonly string[], env: Record<string, string> = {}): Promise<Recorded> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommandLine(args, {
    out: (line) => out.push(line),
    note: (line) => err.push(line),
    isInteractive: false,
    env,
    signal: new AbortController().signal,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
