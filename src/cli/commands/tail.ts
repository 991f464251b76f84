import { readFile, rename, writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { describeChange, type TailEvent } from '../feed-document.ts';
import { followFeed } from '../follow-feed.ts';
import { hubKey, hubUrl, urlOption } from '../hub-address.ts';
import type { CommandParts } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import { positiveInteger } from './read.ts';

interface TailOptions {
  readonly url?: string;
  readonly after?: string;
  readonly cursorFile?: string;
  readonly kind?: string[];
  readonly province?: string[];
  readonly system?: string[];
  readonly source?: string[];
  readonly count?: number;
  readonly json?: boolean;
}

/** `lienthong tail`: the change log in a terminal, through restarts of the hub. */
export function tailCommand({ terminal }: CommandParts): Command {
  return new Command('tail')
    .description('print every change as it happens; goes on by itself when the hub comes back')
    .addOption(urlOption())
    .option('--after <cursor>', 'begin after this cursor instead of now')
    .option('--cursor-file <path>', 'keep the last cursor in this file, and begin after it next time')
    .option('--kind <kinds...>', 'only these kinds, e.g. DEPLOYMENT READINESS LINK CONFLICT')
    .option('--province <codes...>', 'only these provinces, e.g. 01 48')
    .option('--system <codes...>', 'only these systems, e.g. TTHC LGSP')
    .option('--source <ids...>', 'only changes that these sources brought about')
    .option('--count <n>', 'end after so many changes', positiveInteger)
    .option('--json', 'one JSON object a line: every event with its cursor')
    .addHelpText(
      'after',
      '\nExample:\n  lienthong tail --kind DEPLOYMENT --province 01 --json --cursor-file hanoi.cursor',
    )
    .action((options: TailOptions) => tail(terminal, options));
}

async function tail(terminal: Terminal, options: TailOptions): Promise<void> {
  const { cursorFile, count = Number.POSITIVE_INFINITY, json } = options;
  const ending = new AbortController();
  let seen = 0;
  let saving = Promise.resolve();
  const onEvent = (event: TailEvent): void => {
    if (seen >= count) return;
    print(terminal, event, json ?? false);
    if (cursorFile !== undefined) saving = saving.then(() => saveCursor(cursorFile, event.cursor));
    if (event.__typename === 'Change' && ++seen >= count) ending.abort();
  };
  await followFeed({
    url: hubUrl(terminal, options.url),
    key: hubKey(terminal),
    after: options.after ?? (cursorFile === undefined ? undefined : await loadCursor(cursorFile)),
    filter: filterOf(options),
    signal: AbortSignal.any([terminal.signal, ending.signal]),
    random: Math.random,
    onEvent,
    onLost: (reason) => terminal.note(`the connection was lost: ${reason}; going on after the last cursor`),
  });
  await saving;
}

function filterOf({ kind, province, system, source }: TailOptions): object {
  return {
    ...(kind && { kinds: kind.map((name) => name.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase()) }),
    ...(province && { provinces: province }),
    ...(system && { systems: system }),
    ...(source && { sources: source }),
  };
}

function print(terminal: Terminal, event: TailEvent, json: boolean): void {
  if (json) {
    terminal.out(JSON.stringify(event));
    return;
  }
  if (event.__typename === 'Change') terminal.out(describeChange(event));
  else terminal.note(describeEvent(event));
}

function describeEvent(event: Exclude<TailEvent, { __typename: 'Change' }>): string {
  switch (event.__typename) {
    case 'FeedReady':
      return `following after ${event.cursor}; Ctrl-C ends`;
    case 'FeedMustRefetch':
      return `the log cannot go on from there (${event.refetchReason}); following after ${event.cursor}`;
    case 'FeedGap':
      return `changes from ${event.from} to ${event.to} were left out`;
    case 'FeedGoingAway':
      return `the hub is going away (${event.goingAwayReason})`;
  }
}

async function loadCursor(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim() || undefined;
}

/** Replaced as a whole: a kill leaves the last cursor or the one before. */
async function saveCursor(path: string, cursor: string): Promise<void> {
  await writeFile(`${path}.new`, `${cursor}\n`);
  await rename(`${path}.new`, path);
}
