import { Command } from 'commander';
import type { Database } from '../../database/open-database.ts';
import { realClock } from '../../lib/clock.ts';
import { silentLogger } from '../../lib/logger.ts';
import { wait } from '../../lib/wait.ts';
import { registerSources } from '../../sync/register-sources.ts';
import type { RunCounts } from '../../sync/run-counts.ts';
import { findRun, type RunRecord } from '../../sync/run-record.ts';
import { runSource } from '../../sync/run-source.ts';
import { createWorkerIdentity } from '../../sync/worker-identity.ts';
import { EXIT } from '../exit-codes.ts';
import { withDatabase } from '../open-database-for.ts';
import type { CommandParts } from '../program.ts';
import { type SourceWork, withSource } from '../source-context.ts';
import { type Progress, showProgress, type Terminal } from '../terminal.ts';

const FOLLOW_MS = 200;

/** `lienthong sync <source>`: reads a source here and now and stores what it says; joins a run that is going on. */
export function syncCommand({ terminal, exitWith }: CommandParts): Command {
  return new Command('sync')
    .description('read a source now and store what it says; if it is being read, wait for that')
    .argument('<source>', 'id of a source')
    .option('--json', 'for scripts')
    .action(async (sourceId: string, { json }: { json?: boolean }) => {
      const progress = showProgress(terminal, `reading ${sourceId}`);
      const run = await withDatabase(terminal, (database) =>
        withSource(terminal, sourceId, (parts) => sync(terminal, database, parts, progress)),
      ).finally(progress.done);
      terminal.out(json ? JSON.stringify(run) : describe(run));
      if (run.state === 'PARTIAL') exitWith(EXIT.partial);
      if (run.state === 'FAILED') exitWith(EXIT.failure);
      if (run.state === 'CANCELLED') exitWith(EXIT.interrupted);
    });
}

async function sync(terminal: Terminal, database: Database, parts: SourceWork, progress: Progress): Promise<RunRecord> {
  const { source, domainClock, shared } = parts;
  const sourceId = source.definition.id;
  await ensureRegistered(database, parts);
  const say = ({ read, changes }: RunCounts) =>
    progress.say(`reading ${sourceId}: ${read} records, ${changes} changes`);
  const outcome = await runSource(
    {
      database,
      clock: realClock,
      domainClock,
      random: Math.random,
      logger: silentLogger,
      me: await createWorkerIdentity(),
      shared,
      onProgress: say,
    },
    { source, trigger: 'command', signal: terminal.signal },
  );
  if (outcome.state === 'JOINED') progress.say(`${sourceId} is being read by another (run ${outcome.runId}); waiting`);
  return follow(database, outcome.runId, say, terminal.signal);
}

/** A source that no hub has registered yet; the others are left as they are. */
async function ensureRegistered(database: Database, { source, isSimulated }: SourceWork): Promise<void> {
  const { id } = source.definition;
  const known = await database.fork().execute('select 1 from source where id = ? and enabled', [id]);
  if (known.length > 0) return;
  const isOnly = { simulated: isSimulated, now: realClock.now(), keepOthers: true };
  await registerSources(database.fork(), [source.definition], isOnly);
}

async function follow(
  database: Database,
  runId: number,
  say: (counts: RunCounts) => void,
  signal: AbortSignal,
): Promise<RunRecord> {
  for (;;) {
    const run = await findRun(database.fork(), runId);
    if (run && run.state !== 'RUNNING') return run;
    if (run) say(run.counts);
    await wait(FOLLOW_MS, signal);
  }
}

function describe({ id, sourceId, state, counts, failure }: RunRecord): string {
  const { asked, read, accepted, unchanged, rejected, changes } = counts;
  const figures = `${asked} requests, ${read} records: ${accepted} new, ${unchanged} unchanged, ${rejected} rejected; ${changes} changes`;
  return `${sourceId}: ${state} (run ${id}). ${figures}.${failure ? ` ${failure.message}` : ''}`;
}
