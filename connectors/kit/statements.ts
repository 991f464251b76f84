import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { FactObservation } from '../../schema/observation.ts';

export type StatementBase = Omit<FactObservation, 'class' | 'attributes' | 'retract'>;

/**
 * One observation per group of attributes; members that are undefined are not spoken of. What may come and go by itself
 * belongs in a group of its own: the hub follows each group of names as one line of statements, and a line that a
 * complete snapshot no longer holds lapses without touching the others.
 */
export function statements(
  base: StatementBase,
  ...groups: readonly Readonly<Record<string, Json | undefined>>[]
): FactObservation[] {
  return groups.flatMap((group) => {
    const said = Object.entries(group).filter((entry): entry is [string, Json] => entry[1] !== undefined);
    return said.length === 0 ? [] : [{ class: 'fact' as const, ...base, attributes: Object.fromEntries(said) }];
  });
}

/** A statement of one attribute, or its retraction where the source no longer has a value, e.g. the latency of a dead link. */
export function statementOrRetraction(base: StatementBase, name: string, value: Json | undefined): FactObservation {
  return value === undefined
    ? { class: 'fact', ...base, attributes: { [name]: null }, retract: true }
    : { class: 'fact', ...base, attributes: { [name]: value } };
}
