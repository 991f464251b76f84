import { type FactKind, type Json, type KeyPart, keyOf } from '../../../schema/kinds/fact-kind.ts';
import type { FactKindName } from '../../../schema/kinds/index.ts';
import type { Clocks } from './clocks.ts';
import { toGlobalId } from './global-id.ts';
import type { View } from './views.ts';

/** A row of the state of a kind, at whatever clocks. */
export interface FactRow {
  id: string;
  attributes: Record<string, Json>;
  conflicted: string[];
  stale_since: Date | null;
  updated_at: Date;
}

/** An entity that sources describe. The attributes stand in it by their names as well. */
export interface FactView extends View {
  readonly kind: FactKindName;
  readonly key: string;
  readonly keys: Readonly<Partial<Record<KeyPart, string>>>;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly conflicted: readonly string[];
  readonly staleSince: Date | null;
  readonly updatedAt: Date;
}

export function toFactView(kind: FactKind, row: FactRow, clocks: Clocks): FactView {
  return {
    ...row.attributes,
    __typename: kind.typeName,
    id: toGlobalId(kind.typeName, row.id),
    clocks,
    kind: kind.name as FactKindName,
    key: row.id,
    keys: keyOf(kind, row.id),
    attributes: row.attributes,
    conflicted: row.conflicted,
    staleSince: row.stale_since,
    updatedAt: row.updated_at,
  };
}
