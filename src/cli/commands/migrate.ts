import { Command } from 'commander';
import { loadReference } from '../../../seeds/reference.ts';
import { migrate } from '../../database/migrate.ts';
import { withDatabase } from '../open-database-for.ts';
import type { CommandParts } from '../program.ts';
import { showProgress } from '../terminal.ts';

/** `lienthong migrate`: what a start does first, by itself; for those who do it before a deploy. */
export function migrateCommand({ terminal }: CommandParts): Command {
  return new Command('migrate')
    .description('bring the database to this version; safe to run while others do')
    .option('--json', 'for scripts')
    .action(async ({ json }: { json?: boolean }) => {
      await withDatabase(
        terminal,
        async (database) => {
          const progress = showProgress(terminal, 'looking at the database');
          try {
            const steps = await migrate(database, { onProgress: progress.say, signal: terminal.signal });
            await database.fork().transactional((em) => loadReference(em));
            progress.done();
            if (json) terminal.out(JSON.stringify({ steps }));
            else terminal.out(steps.length === 0 ? 'The database is up to date.' : `Done: ${steps.join(', ')}.`);
          } finally {
            progress.done();
          }
        },
        { mayCreate: true },
      );
    });
}
