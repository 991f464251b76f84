import type { Database } from '../database/open-database.ts';
import { type ErrorCode, HubError } from '../errors/index.ts';
import { realClock } from '../lib/clock.ts';
import type { UserError } from '../services/corrections/user-error.ts';
import { openReading } from '../services/reading/open-reading.ts';
import type { Reading } from '../services/reading/reading.ts';
import type { SourceActionParts, SourceActionRequest, SourceActionResult } from '../services/sources/act-on-source.ts';
import type { OnRunProgress } from '../sync/run-dependencies.ts';
import { callerRights } from './caller.ts';
import { EXIT } from './exit-codes.ts';
import { describeRun, exitCodeOfRun, followRun, progressWords } from './follow-run.ts';
import { withDatabase } from './open-database-for.ts';
import { createRunsHere, type RunsHere } from './order-here.ts';
import type { CommandParts } from './program.ts';
import { withSource } from './source-context.ts';
import { type Progress, showProgress, type Terminal } from './terminal.ts';

export interface ActionOptions {
  readonly reason: string;
  readonly json?: boolean;
}

type Act = (reading: Reading, request: SourceActionRequest, parts: SourceActionParts) => Promise<SourceActionResult>;

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
  await withDatabase(terminal, async (database) => {
    const reading = await openReading({ database, clock: realClock, domainClock: realClock });
    const runs = await createRunsHere(terminal, database);
    const request = { source: source ?? '', reason };
    const parts = { database, requestRun: runs.requestRun };
    const result = await act(reading.begin(callerRights(), terminal.signal), request, parts);
    const [error] = result.errors;
    if (error) throw new ActionRefusedError(error);
    const code = result.source?.code ?? request.source;
    const run = result.run && (await finish(terminal, database, runs, { code, runId: result.run.number }));
    if (json) terminal.out(JSON.stringify({ action: toJson(result), run }));
    else terminal.out(run ? describeRun(run) : `${code}: ${doneWords(result)}.`);
    exitWith(run ? exitCodeOfRun(run) : EXIT.ok);
  });
}

async function finish(
  terminal: Terminal,
  database: Database,
  runs: RunsHere,
  { code, runId }: { code: string; runId: number },
) {
  const progress = showProgress(terminal, `run ${runId} of ${code}`);
  const say = sayCounts(progress, code);
  try {
    await withSource(terminal, code, (parts) => runs.perform(parts, say, terminal.signal), database);
    return await followRun(database, runId, say, terminal.signal);
  } catch (error) {
    await runs.giveUp(error);
    throw error;
  } finally {
    progress.done();
  }
}

function sayCounts(progress: Progress, code: string): OnRunProgress {
  return (counts, percent) => progress.say(`${code}: ${progressWords(counts, percent)}`);
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
