import { Command } from 'commander';
import type { Database } from '../../database/open-database.ts';
import { realClock } from '../../lib/clock.ts';
import { syncNow } from '../../services/sources/run-source.ts';
import { registerSources } from '../../sync/register-sources.ts';
import { performHere } from '../act-here.ts';
import { describeRun, exitCodeOfRun } from '../follow-run.ts';
import { withDatabase } from '../open-database-for.ts';
import type { CommandParts } from '../program.ts';
import { requireAsked } from '../require-asked.ts';
import { type SourceWork, withSource } from '../source-context.ts';

interface SyncOptions {
  readonly reason?: string;
  readonly json?: boolean;
}

/**
 * `lienthong sync <source>`: `source run` for who tries a source, also one that no hub has registered yet, and need not say
 * why.
 */
export function syncCommand({ terminal, exitWith }: CommandParts): Command {
  return new Command('sync')
    .description('read a source now and store what it says; if it is being read, wait for that')
    .argument('<source>', 'id of a source')
    .option('--reason <text>', 'why; kept with the record')
    .option('--json', 'for scripts')
    .action(async (sourceId: string, { reason, json }: SyncOptions) => {
      const sync = async (database: Database, parts: SourceWork) => {
        requireAsked(parts.source, 'sync');
        await ensureRegistered(database, parts);
        return performHere(
          {
            terminal,
            database,
            domainClock: parts.domainClock,
            perform: (runs, _code, say) => runs.perform(parts, say, terminal.signal),
          },
          { source: sourceId, reason: '' },
          (reading, { source }, port) => syncNow(reading, { source, reason: reason ?? null }, port),
        );
      };
      const { run } = await withDatabase(terminal, (database) =>
        withSource(terminal, sourceId, (parts) => sync(database, parts), database),
      );
      if (!run) return;
      terminal.out(json ? JSON.stringify(run) : describeRun(run));
      exitWith(exitCodeOfRun(run));
    });
}

/** A source that no hub has registered yet; the others are left as they are. */
async function ensureRegistered(database: Database, { source, isSimulated }: SourceWork): Promise<void> {
  const { id } = source.definition;
  const known = await database.fork().execute('select 1 from source where id = ? and enabled', [id]);
  if (known.length > 0) return;
  const isOnly = { simulated: isSimulated, now: realClock.now(), keepOthers: true };
  await registerSources(database.fork(), [source.definition], isOnly);
}
