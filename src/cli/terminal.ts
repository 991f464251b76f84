import Table from 'cli-table3';
import ora from 'ora';

/** Where a command writes; tests pass their own. */
export interface Terminal {
  /** Results: what a script reads. */
  out(line: string): void;
  /** Everything for people only: progress, hints, errors. */
  note(line: string): void;
  /** Whether notes may move and be coloured. */
  readonly isInteractive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface Progress {
  say(text: string): void;
  /** Ends it; nothing is left on the screen. */
  done(): void;
}

/** Shows what takes a while: a spinner for people, a line for each step where nobody looks. */
export function showProgress(terminal: Terminal, text: string): Progress {
  if (!terminal.isInteractive) {
    terminal.note(text);
    let last = text;
    return {
      say: (next) => {
        if (next !== last) terminal.note(next);
        last = next;
      },
      done: () => {},
    };
  }
  const spinner = ora({ text, stream: process.stderr, discardStdin: false }).start();
  return {
    say: (next) => {
      spinner.text = next;
    },
    done: () => spinner.stop(),
  };
}

/** A table without colours and, for narrow terminals and copying, without lines between rows. */
export function toTable(head: readonly string[], rows: ReadonlyArray<ReadonlyArray<string | number | null>>): string {
  const chars = Object.fromEntries(
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'].map((name) => [
      name,
      '',
    ]),
  );
  const table = new Table({
    head: [...head],
    chars: { ...chars, left: '', right: '', mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '', middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push(row.map((cell) => cell ?? ''));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
