import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { CommandParts } from '../program.ts';
import { withSource } from '../source-context.ts';
import { showProgress } from '../terminal.ts';

/** `lienthong check <source>`: signs in and asks for a little; stores nothing and needs no database. */
export function checkCommand({ terminal, exitWith }: CommandParts): Command {
  return new Command('check')
    .description('ask a source whether its address and credentials work')
    .argument('<source>', 'id of a source')
    .option('--json', 'for scripts')
    .action(async (sourceId: string, { json }: { json?: boolean }) => {
      const progress = showProgress(terminal, `asking ${sourceId}`);
      const result = await withSource(terminal, sourceId, ({ source, context }) =>
        source.connector.check(context),
      ).finally(progress.done);
      if (json) terminal.out(JSON.stringify({ source: sourceId, ...result }));
      else terminal.out(`${sourceId}: ${result.ok ? 'works' : (result.code ?? 'does not work')}. ${result.message}`);
      if (!result.ok) exitWith(EXIT.failure);
    });
}
