import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { type FactKindName, findFactKind } from '../../../schema/kinds/index.ts';
import { findMeasurementKind, isMeasurementKind } from '../../../schema/kinds/measurements.ts';
import type { LoggedChange } from '../../live/change-source.ts';
import { NOW } from './clocks.ts';
import { type ConflictRow, type ConflictView, toConflictView } from './conflicts.ts';
import type { DossierDayView } from './dossiers.ts';
import { type FactView, toFactView } from './fact-view.ts';
import { toGlobalId } from './global-id.ts';
import type { MeasuredView } from './measured.ts';
import { measuredOfChange } from './measured-change.ts';

type Side = Readonly<Record<string, unknown>>;

/** One change of the log, as the schema shows it. */
export interface ChangeView {
  /** The tag that the live feed's unions go by. */
  readonly type: 'Change';
  readonly cursor: string;
  readonly seq: number;
  readonly at: Date;
  readonly kind: LoggedChange['operation'];
  readonly entityKind: string;
  readonly entityKey: string;
  readonly entityId: string;
  readonly attributes: readonly string[];
  readonly before: Side | null;
  readonly after: Side | null;
  readonly cause: string;
  readonly transaction: { readonly id: number; readonly last: boolean };
  readonly sourceCodes: readonly string[];
  readonly runNumber: number | null;
  readonly provinceCode: string | null;
  readonly systemCode: string | null;
}

/** The name of the type of the schema that a kind of the log is shown as. */
export const typeNameOf = (kind: string): string =>
  findFactKind(kind)?.typeName ?? findMeasurementKind(kind)?.typeName ?? 'Conflict';

export function toChangeView(change: LoggedChange, cursor: string): ChangeView {
  return {
    type: 'Change',
    cursor,
    seq: change.seq,
    at: change.at,
    kind: change.operation,
    entityKind: change.kind,
    entityKey: change.entityId,
    entityId: toGlobalId(typeNameOf(change.kind), change.entityId),
    attributes: change.attributes,
    before: change.before,
    after: change.after,
    cause: change.cause,
    transaction: { id: change.tx, last: change.last },
    sourceCodes: change.sources,
    runNumber: change.runId,
    provinceCode: change.province,
    systemCode: change.system,
  };
}

/** One side of a change of a fact: its attributes apart from what the hub says of them. */
export function sideOfFact(side: Side): {
  attributes: Record<string, Json>;
  conflicted: string[];
  staleSince: Date | null;
} {
  const { conflicted, staleSince, ...attributes } = side;
  return {
    attributes: attributes as Record<string, Json>,
    conflicted: (conflicted as string[] | undefined) ?? [],
    staleSince: staleSince ? new Date(staleSince as string) : null,
  };
}

/** The entity as it is after the change; for what was removed, as it was before. Asks the database nothing. */
export function entityOfChange(change: ChangeView): FactView | ConflictView | MeasuredView | DossierDayView {
  if (isMeasurementKind(change.entityKind)) return measuredOfChange(change);
  const side = change.after ?? change.before ?? {};
  const kind = findFactKind(change.entityKind);
  if (!kind) return toConflictView(conflictOfChange(change));
  const { attributes, conflicted, staleSince } = sideOfFact(side);
  const row = { id: change.entityKey, attributes, conflicted, stale_since: staleSince, updated_at: change.at };
  return toFactView(kind, row, NOW);
}

/** The conflict that a change is about; it was opened at its first change, and closed by its removal. */
export function conflictOfChange(
  change: Pick<ChangeView, 'entityKey' | 'before' | 'after' | 'at' | 'kind' | 'provinceCode' | 'systemCode'>,
): ConflictRow {
  const side = (change.after ?? change.before ?? {}) as {
    kind: FactKindName;
    entityId: string;
    attribute: string;
    claims: Record<string, Json>;
  };
  return {
    id: change.entityKey,
    kind: side.kind,
    entity: side.entityId,
    attribute: side.attribute,
    province: change.provinceCode,
    system: change.systemCode,
    claims: side.claims ?? {},
    openedAt: change.kind === 'CREATED' ? change.at : null,
    updatedAt: change.at,
    closedAt: change.kind === 'REMOVED' ? change.at : null,
  };
}
