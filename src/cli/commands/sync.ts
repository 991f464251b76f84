import { Command } from 'commander';
import type { Database } from '../../database/open-database.ts';
import { realClock } from '../../lib/clock.ts';
import { registerSources } from '../../sync/register-sources.ts';
import type { OnRunProgress } from '../../sync/run-dependencies.ts';
import type { RunRecord } from '../../sync/run-record.ts';
import { runSource } from '../../sync/run-source.ts';
import { createWorkerIdentity } from '../../sync/worker-identity.ts';
import { describeRun, exitCodeOfRun, followRun, progressWords } from '../follow-run.ts';
import { withDatabase } from '../open-database-for.ts';
import type { CommandParts } from '../program.ts';
import { requireAsked } from '../require-asked.ts';
import { type SourceWork, withSource } from '../source-context.ts';
import { type Progress, showProgress, type Terminal } from '../terminal.ts';
import { terminalLogger } from '../terminal-logger.ts';

/** `lienthong sync <source>`: reads a source here and now and stores what it says; joins a run that is going on. */
export function syncCommand({ terminal, exitWith }: CommandParts): Command {
  return new Command('sync')
    .description('read a source now and store what it says; if it is being read, wait for that')
    .argument('<source>', 'id of a source')
    .option('--json', 'for scripts')
    .action(async (sourceId: string, { json }: { json?: boolean }) => {
      const progress = showProgress(terminal, `reading ${sourceId}`);
      const run = await withDatabase(terminal, (database) =>
        withSource(terminal, sourceId, (parts) => sync(terminal, database, parts, progress), database),
      ).finally(progress.done);
      terminal.out(json ? JSON.stringify(run) : describeRun(run));
      exitWith(exitCodeOfRun(run));
    });
}

async function sync(terminal: Terminal, database: Database, parts: SourceWork, progress: Progress): Promise<RunRecord> {
  const { source, domainClock, shared, raw } = parts;
  const sourceId = source.definition.id;
  requireAsked(source, 'sync');
  await ensureRegistered(database, parts);
  const say: OnRunProgress = (counts, percent) =>
    progress.say(`reading ${sourceId}: ${progressWords(counts, percent)}`);
  const outcome = await runSource(
    {
      database,
      clock: realClock,
      domainClock,
      random: Math.random,
      logger: terminalLogger(terminal),
      me: await createWorkerIdentity(),
      shared,
      raw,
      onProgress: say,
    },
    { source, trigger: 'command', signal: terminal.signal },
  );
  if (outcome.state === 'JOINED') progress.say(`${sourceId} is being read by another (run ${outcome.runId}); waiting`);
  return followRun(database, outcome.runId, say, terminal.signal);
}

/** A source that no hub has registered yet; the others are left as they are. */
async function ensureRegistered(database: Database, { source, isSimulated }: SourceWork): Promise<void> {
  const { id } = source.definition;
  const known = await database.fork().execute('select 1 from source where id = ? and enabled', [id]);
  if (known.length > 0) return;
  const isOnly = { simulated: isSimulated, now: realClock.now(), keepOthers: true };
  await registerSources(database.fork(), [source.definition], isOnly);
}
