import { Command, Option } from 'commander';
import { findPackageRoot } from '../../../seeds/package-root.ts';
import { BadUserInputError } from '../../errors/index.ts';
import { askPlan } from '../connector-new/ask-plan.ts';
import {
  type ConnectorPlan,
  checkPlan,
  FORMATS,
  type FormatName,
  PAGINGS,
  type Paging,
  SIGN_INS,
  type SignIn,
  TELLS,
  type Tell,
  upperCase,
} from '../connector-new/plan.ts';
import { unknownVendorHint } from '../connector-new/unknown-vendor.ts';
import { checkFree, writeConnector } from '../connector-new/write-connector.ts';
import type { CommandParts } from '../program.ts';
import type { Terminal } from '../terminal.ts';

interface NewOptions {
  readonly title?: string;
  readonly vendor?: string;
  readonly signIn?: SignIn;
  readonly format?: FormatName;
  readonly paging?: Paging;
  readonly tells?: readonly Tell[];
  readonly root?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  lienthong connector new vnpost         asks what it has to know
  lienthong connector new vnpost --title VNPost --sign-in session --format json --paging page --tells deployments health
  lienthong connector new vnpost --yes   the usual: a key, JSON in one answer, deployments`;

/** `lienthong connector new <id>`: makes the folder of a connector, whole and passing its suite. */
export function connectorCommand({ terminal }: CommandParts): Command {
  const connector = new Command('connector').description(
    'begin a connector for an upstream that the hub cannot read yet',
  );
  connector
    .command('new')
    .description('make connectors/<id> with its stand-in, and put it into both lists')
    .argument('<id>', 'in lower case, e.g. vnpost or lgsp-new')
    .option('--title <title>', 'its name for people')
    .option('--vendor <code>', 'code of the vendor in the reference data; default the id in capitals')
    .addOption(new Option('--sign-in <kind>', 'how it knows who asks').choices(SIGN_INS))
    .addOption(new Option('--format <format>', 'what its answers are').choices(FORMATS))
    .addOption(new Option('--paging <paging>', 'how pages follow').choices(PAGINGS))
    .addOption(new Option('--tells <what...>', 'what it tells of').choices(TELLS))
    .option('--root <folder>', 'the checkout to write to; default this one')
    .option('--yes', 'take the usual for what is not said, and ask nothing')
    .option('--json', 'for scripts: the paths that were written')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: NewOptions) => {
      const root = options.root ?? findPackageRoot();
      await checkFree(root, id);
      const plan = checkPlan(await planOf(terminal, id, options));
      const written = await writeConnector(root, plan);
      if (options.json) {
        terminal.out(JSON.stringify({ connector: id, written }));
        return;
      }
      for (const path of written) terminal.out(path);
      terminal.note(
        `It passes its suite as it is: npm test -- test/connectors/fleet- -t 'connector ${id}'.\nNow make it true, contract.ts first; docs/add-a-connector.md goes along. lienthong itself knows what was written after \`npm run build\`.`,
      );
      const hint = await unknownVendorHint(root, plan);
      if (hint) terminal.note(hint);
    });
  return connector;
}

async function planOf(terminal: Terminal, id: string, options: NewOptions): Promise<ConnectorPlan> {
  const usual = { title: id, vendor: upperCase(id), signIn: 'api-key', format: 'json', paging: 'single' } as const;
  if (options.yes || isComplete(options)) return { id, ...usual, tells: ['deployments'], ...given(options) };
  if (!terminal.isInteractive) {
    throw new BadUserInputError('Say --title, --sign-in, --format, --paging and --tells, or --yes for the usual.');
  }
  return askPlan(id, given(options), { input: process.stdin, output: process.stderr, signal: terminal.signal });
}

const isComplete = ({ title, signIn, format, paging, tells }: NewOptions): boolean =>
  [title, signIn, format, paging, tells].every((option) => option !== undefined);

/** What was said, without what was not. */
function given({ root: _root, yes: _yes, json: _json, ...said }: NewOptions): Partial<ConnectorPlan> {
  return said;
}
