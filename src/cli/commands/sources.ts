import { Command, InvalidArgumentError } from 'commander';
import { sourceSurroundings } from '../../composition/source-surroundings.ts';
import { BadUserInputError } from '../../errors/index.ts';
import { realClock } from '../../lib/clock.ts';
import type { SourceHealth } from '../../services/sources/judge-source.ts';
import { checkSourceFile } from '../../sync/load-sources.ts';
import { counted } from '../counted.ts';
import { EXIT } from '../exit-codes.ts';
import { type Fleet, openFleet, type SourceLine } from '../fleet.ts';
import { fleetSummary, fleetTable } from '../fleet-table.ts';
import { withDatabase } from '../open-database-for.ts';
import type { CommandParts } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import { watchFleet } from '../watch-fleet.ts';

interface SourcesOptions {
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly health?: SourceHealth[];
  readonly checkFile?: string;
}

const EXAMPLES = `
Examples:
  lienthong sources                          how every source does
  lienthong sources --watch                  the same, drawn anew as things happen; Ctrl-C ends it
  lienthong sources --health failing late    only those in trouble
  lienthong sources --json | jq .id      for scripts
  lienthong sources --check-file sources.json   every mistake in a file of sources, before the hub meets it`;

/** How often the table is drawn anew though nothing happened: ages grow, and a person waits. */
const REDRAW_MS = 2_000;
/** Clears the screen and begins at its top. */
const CLEAR = '\u001b[2J\u001b[H';

/** `lienthong sources`: every voice, how it does, and what is wrong with it. */
export function sourcesCommand({ terminal, exitWith }: CommandParts): Command {
  return new Command('sources')
    .description('list the sources: state, freshness, last run, lag, rejections, open conflicts, next run')
    .option('--watch', 'draw the list anew as things happen')
    .option(
      '--health <states...>',
      `only those: ${HEALTHS.join(', ').toLowerCase()}; with --watch --json also the line with which one leaves them`,
      toHealth,
    )
    .option('--json', 'one JSON object a line; with --watch, a line for each change')
    .option('--check-file <path>', 'say every mistake in a file of sources, and do nothing else')
    .addHelpText('after', EXAMPLES)
    .action(async (options: SourcesOptions) => {
      if (options.checkFile !== undefined) return check(terminal, options.checkFile, options, exitWith);
      return withDatabase(terminal, async (database, config) => {
        const fleet = await openFleet(database, config);
        const show = createShow(terminal, fleet, options);
        try {
          await show(null);
          if (!options.watch) return;
          const refreshMs = terminal.isInteractive && !options.json ? REDRAW_MS : null;
          await watchFleet({ database, fleet, signal: terminal.signal, refreshMs, show });
        } finally {
          await fleet.close();
        }
      });
    });
}

/** Writes what changed (JSON), or all of it anew (a table). */
function createShow(terminal: Terminal, fleet: Fleet, { json, watch, health }: SourcesOptions) {
  const passes = (line: SourceLine): boolean => !health || health.includes(line.health as SourceHealth);
  const shown = new Set<string>();
  return async (codes: readonly string[] | null): Promise<void> => {
    if (json) {
      for (const line of await fleet.read(codes ?? undefined)) {
        // Who was shown as failing is shown once more as mended.
        if (passes(line) || shown.has(line.id)) terminal.out(JSON.stringify(line));
        if (passes(line)) shown.add(line.id);
        else shown.delete(line.id);
      }
      return;
    }
    const lines = await fleet.read();
    const table = `${fleetTable(lines.filter(passes), realClock.now())}\n\n${fleetSummary(lines)}`;
    terminal.out(watch && terminal.isInteractive ? CLEAR + table : table);
  };
}

const HEALTHS: readonly SourceHealth[] = ['OK', 'PARTIAL', 'LATE', 'FAILING', 'NEVER_READ', 'PAUSED', 'OFF'];

/** One of several values of the option, beside those before it. */
function toHealth(text: string, before: readonly SourceHealth[] = []): SourceHealth[] {
  const health = HEALTHS.find((one) => one === text.toUpperCase().replaceAll('-', '_'));
  if (health) return [...before, health];
  throw new InvalidArgumentError(`There are: ${HEALTHS.join(', ').toLowerCase()}.`);
}

async function check(
  terminal: Terminal,
  path: string,
  { json }: SourcesOptions,
  exitWith: (code: number) => void,
): Promise<void> {
  if (path === '') throw new BadUserInputError('--check-file needs the path of a file.');
  const { sources, problems, unset } = await checkSourceFile(path, sourceSurroundings(), terminal.env);
  if (json) terminal.out(JSON.stringify({ file: path, sources: sources.length, problems, unset }));
  else {
    for (const { place, message } of problems) terminal.out(`${path}${place}: ${message}`);
    for (const { variable, credential, source } of unset) {
      terminal.note(`not set here: ${variable}, the ${credential} of ${source}`);
    }
    if (problems.length === 0) terminal.out(`${path}: ${counted(sources.length, 'source')}, no mistakes.`);
    else terminal.note(`${counted(problems.length, 'mistake')}.`);
  }
  if (problems.length > 0) exitWith(EXIT.usage);
}
