import type { EntityManager } from '@mikro-orm/postgresql';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { Database } from '../../database/open-database.ts';
import { translateDatabaseError } from '../../database/translate-error.ts';
import { type ErrorCode, HubError } from '../../errors/index.ts';
import type { UserError } from '../corrections/user-error.ts';
import type { Reading } from '../reading/reading.ts';
import { runByNumber, type SyncRunView } from '../reading/sync-runs.ts';
import type { SourceView } from '../reading/views.ts';
import { requireOperator } from '../require-role.ts';
import { actionByNumber, type SourceActionView } from './actions.ts';
import type { RequestRun } from './order-run.ts';
import { recordAction, requireReason, type SourceActionName } from './record-action.ts';
import { sourceToActOn } from './source-to-act-on.ts';

export interface SourceActionRequest {
  /** The code of a source, or its id. */
  readonly source: string;
  readonly reason: string;
}

/** What was done. */
export interface DoneAction extends SourceActionResult {
  readonly source: SourceView;
  readonly errors: readonly [];
}

/** What was done, or why it was not. */
export interface SourceActionResult {
  readonly source: SourceView | null;
  readonly action: SourceActionView | null;
  readonly run: SyncRunView | null;
  readonly errors: readonly UserError[];
}

export interface SourceActionParts {
  readonly database: Pick<Database, 'fork'>;
  readonly requestRun: RequestRun;
}

/** What an action is told of its source, and how it records itself. */
export interface ActionTarget {
  readonly code: string;
  /** One of those that the action makes sense for. */
  readonly kind: SourceKind;
  readonly by: string;
  readonly now: Date;
  /** Records who acts and why; to be called once, in the transaction that acts. */
  readonly record: (em: EntityManager, runId: number | null) => Promise<void>;
}

/** Whether the hub asks, or the source only sends by itself. */
export type SourceKind = 'pull' | 'push';

export interface SourceAction {
  readonly name: SourceActionName;
  readonly arguments?: Json;
  /** The kinds of source that it makes sense for. */
  readonly kinds: readonly SourceKind[];
  /** Does it, in one transaction; gives the run that it began, or null for none. */
  readonly perform: (target: ActionTarget) => Promise<number | null>;
}

/** What a sender can put right, or wait for; anything else is an error of the request. */
const EXPECTED: readonly ErrorCode[] = ['BAD_USER_INPUT', 'NOT_FOUND', 'FORBIDDEN', 'CONFLICT'];

/**
 * Does something to a source in the name of an operator. What the caller can put right comes back as `errors`, and then
 * nothing was done; UNAUTHENTICATED and FORBIDDEN for the role are thrown.
 */
export async function actOnSource(
  reading: Reading,
  request: SourceActionRequest,
  action: SourceAction,
): Promise<SourceActionResult> {
  requireOperator(reading.rights);
  try {
    return await performAction(reading, request, action);
  } catch (thrown) {
    const error = translateDatabaseError(thrown);
    if (!(error instanceof HubError && EXPECTED.includes(error.code))) throw error;
    const path = (error.details.path as string[] | undefined) ?? ['source'];
    return { source: null, action: null, run: null, errors: [{ code: error.code, message: error.message, path }] };
  }
}

/**
 * Does something to a source in the name of an operator, and records who and why in the same transaction. Whatever keeps
 * it from being done is thrown.
 */
export async function performAction(
  reading: Reading,
  request: SourceActionRequest,
  action: SourceAction,
): Promise<DoneAction> {
  const by = requireOperator(reading.rights);
  const source = await sourceToActOn(reading, request.source, action.kinds);
  const reason = requireReason(request.reason);
  const now = reading.clock.now();
  let number = 0;
  const record: ActionTarget['record'] = async (em, runId) => {
    const what = { sourceId: source.code, action: action.name, arguments: action.arguments ?? {} };
    number = await recordAction(em, { ...what, reason, by, at: now, runId });
  };
  const runId = await action.perform({ code: source.code, kind: source.kind as SourceKind, by, now, record });
  // What was read before the action is no longer so.
  reading.memory.clear();
  return {
    source,
    action: await actionByNumber(reading, number),
    run: runId === null ? null : await runByNumber(reading, runId),
    errors: [],
  };
}
