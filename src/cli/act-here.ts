import { sandboxClockOf } from '../composition/open-sandbox.ts';
import type { Config } from '../config/index.ts';
import type { Database } from '../database/open-database.ts';
import { type ErrorCode, HubError } from '../errors/index.ts';
import { type Clock, realClock } from '../lib/clock.ts';
import type { UserError } from '../services/corrections/user-error.ts';
import { openReading } from '../services/reading/open-reading.ts';
import type { Reading } from '../services/reading/reading.ts';
import type { SourceActionParts, SourceActionRequest, SourceActionResult } from '../services/sources/act-on-source.ts';
import type { OnRunProgress } from '../sync/run-dependencies.ts';
import type { RunRecord } from '../sync/run-record.ts';
import { callerRights } from './caller.ts';
import { EXIT } from './exit-codes.ts';
import { describeRun, exitCodeOfRun, followRun, progressWords } from './follow-run.ts';
import { withDatabase } from './open-database-for.ts';
import { createRunsHere, type RunsHere } from './order-here.ts';
import type { CommandParts } from './program.ts';
import { withSource } from './source-context.ts';
import { showProgress, type Terminal } from './terminal.ts';

export interface ActionOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export type Act = (
  reading: Reading,
  request: SourceActionRequest,
  parts: SourceActionParts,
) => Promise<SourceActionResult>;

/** Where somebody acts, and how the run is done that may begin with it. */
export interface Here {
  readonly terminal: Terminal;
  readonly database: Database;
  readonly domainClock: Clock;
  perform(runs: RunsHere, code: string, onProgress: OnRunProgress): Promise<void>;
}

/** What the services answered with: something that the caller can put right. */
class ActionRefusedError extends HubError {
  override readonly code: ErrorCode;

  constructor({ code, message }: UserError) {
    super(message);
    this.code = code;
  }
}

/** Acts on a source in the name of whoever sits at the command line; does the run that it may begin, and waits for it. */
export async function actHere(
  { terminal, exitWith }: CommandParts,
  source: string | null,
  { reason, json }: ActionOptions,
  act: Act,
): Promise<void> {
  await withDatabase(terminal, async (database, config) => {
    const here: Here = {
      terminal,
      database,
      domainClock: await domainClockOf(config),
      perform: (runs, code, say) =>
        withSource(terminal, code, (parts) => runs.perform(parts, say, terminal.signal), database),
    };
    const { result, code, run } = await performHere(here, { source: source ?? '', reason }, act);
    if (json) terminal.out(JSON.stringify({ action: toJson(result), run }));
    else terminal.out(run ? describeRun(run) : `${code}: ${doneWords(result)}.`);
    exitWith(run ? exitCodeOfRun(run) : EXIT.ok);
  });
}

/**
 * Acts on a source and waits for the run that it may begin or join.
 * @throws HubError for what the services refuse; then nothing was done.
 */
export async function performHere(
  here: Here,
  request: SourceActionRequest,
  act: Act,
): Promise<{ result: SourceActionResult; code: string; run: RunRecord | null }> {
  const { terminal, database, domainClock } = here;
  const reading = await openReading({ database, clock: realClock, domainClock });
  const runs = await createRunsHere(terminal, database);
  const parts = { database, requestRun: runs.requestRun };
  const result = await act(reading.begin(callerRights(), terminal.signal), request, parts);
  const [error] = result.errors;
  if (error) throw new ActionRefusedError(error);
  const code = result.source?.code ?? request.source;
  const run = result.run && (await finish(here, runs, code, result.run.number));
  return { result, code, run };
}

async function finish(here: Here, runs: RunsHere, code: string, runId: number): Promise<RunRecord> {
  const { terminal, database } = here;
  const isOurs = runs.isOrdered(runId);
  const words = isOurs ? `run ${runId} of ${code}` : `${code} is being read by another (run ${runId}); waiting`;
  const progress = showProgress(terminal, words);
  const say: OnRunProgress = (counts, percent) => progress.say(`${code}: ${progressWords(counts, percent)}`);
  try {
    if (isOurs) await here.perform(runs, code, say);
    return await followRun(database, runId, say, terminal.signal);
  } catch (error) {
    await runs.giveUp(error);
    throw error;
  } finally {
    progress.done();
  }
}

/** The clock that the sources live in, told without opening any. */
async function domainClockOf(config: Config): Promise<Clock> {
  const isSandbox = config.sourcesFile === undefined && config.sandbox;
  return isSandbox ? sandboxClockOf({ config, clock: realClock }) : realClock;
}

function toJson({ action, source }: SourceActionResult): object | null {
  if (!action) return null;
  const { action: name, arguments: given, reason, madeBy, madeAt } = action;
  return { source: source?.code, action: name, arguments: given, reason, madeBy, madeAt };
}

function doneWords({ action }: SourceActionResult): string {
  switch (action?.action) {
    case 'PAUSE':
      return 'paused; `lienthong source resume` ends that';
    case 'RESUME':
      return 'what it sends is taken again';
    case 'RESET_CHECKPOINT':
      return 'the next run begins anew';
    case 'SETTLE_NOTICE':
      return 'the notice is settled';
    default:
      return 'done';
  }
}
