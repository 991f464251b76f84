import { Command } from 'commander';
import { optionsAsText } from '../config/index.ts';
import { checkCommand } from './commands/check.ts';
import { connectorCommand } from './commands/connector.ts';
import { keysCommand } from './commands/keys.ts';
import { migrateCommand } from './commands/migrate.ts';
import { queryCommand } from './commands/query.ts';
import { readCommand } from './commands/read.ts';
import { replayCommand, sourceCommand } from './commands/source.ts';
import { sourcesCommand } from './commands/sources.ts';
import { startCommand } from './commands/start.ts';
import { syncCommand } from './commands/sync.ts';
import { tailCommand } from './commands/tail.ts';
import { EXIT_CODES_TEXT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** What every command is given. */
export interface CommandParts {
  readonly terminal: Terminal;
  /** Sets the exit code of a command that did its work and has something to tell by it. */
  readonly exitWith: (code: number) => void;
}

const EXAMPLES = `Examples:
  lienthong start                        the hub, in the foreground; Ctrl-C stops it
  lienthong tail                         every change, as it happens
  lienthong query --list                 the ready-made questions
  lienthong query vendor-share           one of them
  lienthong sources --watch              how every source does, as things happen
  lienthong source pause vnpt --reason "Bảo trì"
  lienthong check vnpt                   do the credentials of a source work?
  lienthong read khcn --json             what would a run bring? stores nothing
  lienthong keys create --name "Nhóm web" --role viewer`;

/** The whole command line; commander reads it and writes its help. */
export function createProgram(terminal: Terminal, exitWith: (code: number) => void): Command {
  const parts: CommandParts = { terminal, exitWith };
  const program = new Command('lienthong')
    .description('Liên Thông: pulls, unifies and pushes the status of the two-tier local government.')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .exitOverride()
    .showHelpAfterError('(lienthong --help shows what there is)')
    .addHelpText(
      'after',
      `\n${EXAMPLES}\n\n${EXIT_CODES_TEXT}\n\nEnvironment:\n${optionsAsText()}\n  LIENTHONG_KEY (not set by default)\n      The key with which tail and query come to the hub.`,
    );
  for (const create of [
    startCommand,
    migrateCommand,
    sourcesCommand,
    sourceCommand,
    checkCommand,
    readCommand,
    syncCommand,
    replayCommand,
    tailCommand,
    queryCommand,
    keysCommand,
    connectorCommand,
  ]) {
    const command = create(parts);
    inherit(command, program, program.name());
    program.addCommand(command);
  }
  return program;
}

/** Output and exit override are inherited by copying, which `addCommand` leaves out. Each hints at its own help. */
function inherit(command: Command, parent: Command, path: string): void {
  const own = `${path} ${command.name()}`;
  command.copyInheritedSettings(parent).showHelpAfterError(`(${own} --help shows what there is)`);
  for (const child of command.commands) inherit(child, command, own);
}
