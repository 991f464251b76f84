import { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import { withDatabaseIfAny } from '../open-database-for.ts';
import type { CommandParts } from '../program.ts';
import { withSource } from '../source-context.ts';
import { showProgress } from '../terminal.ts';

/**
 * `lienthong check <source>`: signs in and asks for a little; stores nothing and needs no database. Where there is one it
 * shares session and pace with the hub.
 */
export function checkCommand({ terminal, exitWith }: CommandParts): Command {
  return new Command('check')
    .description('ask a source whether its address and credentials work')
    .argument('<source>', 'id of a source')
    .option('--json', 'for scripts')
    .action(async (sourceId: string, { json }: { json?: boolean }) => {
      const progress = showProgress(terminal, `asking ${sourceId}`);
      const result = await withDatabaseIfAny(terminal, (database) =>
        withSource(terminal, sourceId, ({ source, context }) => source.connector.check(context), database),
      ).finally(progress.done);
      if (json) terminal.out(JSON.stringify({ source: sourceId, ...result }));
      else terminal.out(`${sourceId}: ${result.ok ? 'works' : (result.code ?? 'does not work')}. ${result.message}`);
      if (!result.ok) exitWith(EXIT.failure);
    });
}
