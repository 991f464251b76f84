import type { Json } from '../../schema/kinds/fact-kind.ts';
import { entityIdOf } from '../../schema/kinds/fact-kind.ts';
import { factKinds } from '../../schema/kinds/index.ts';
import type { FactObservation, ObservationDetail } from '../../schema/observation.ts';

/** A statement as it goes to the store. Dates are ISO texts so that a whole batch travels as one JSON parameter. */
export interface Statement {
  readonly ord: number;
  readonly sourceId: string;
  readonly stream: string;
  readonly kind: string;
  readonly entityId: string;
  readonly facet: string;
  readonly observedAt: string;
  readonly revision: number;
  readonly attributes: Readonly<Record<string, Json>>;
  readonly retracted: boolean;
  readonly detail: Json;
  readonly evidence: Readonly<Record<string, Json>>;
  /** True where the same batch goes on to take it back without a time: then it takes nothing back itself. */
  readonly isOvertaken?: true;
}

/** Texts in NFC; code lists sorted and without doubles; the rest as it is. Equal things must be equal to the letter. */
function normalise(value: Json, isCodes: boolean): Json {
  if (typeof value === 'string') return value.normalize('NFC');
  if (Array.isArray(value)) {
    const items = value.map((item) => normalise(item, false));
    return isCodes ? [...new Set(items as string[])].sort() : items;
  }
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normalise(item, false)]));
  }
  return value;
}

/**
 * What of a detail belongs to what is said: a value that a document states is another statement than the same value made
 * up before, and one correction is not another. What differs with every answer, such as its id, is not evidence.
 */
const EVIDENCE = ['document', 'simulated', 'inferred', 'correction'] as const;

function evidenceOf({ detail, retract, observedAt }: FactObservation): Record<string, Json> {
  const entries = EVIDENCE.map((name) => [name, detail?.[name]] as const);
  const evidence = Object.fromEntries(
    entries.filter((entry): entry is readonly [(typeof EVIDENCE)[number], Json] => entry[1] !== undefined),
  );
  return retract && observedAt === null ? { ...evidence, ...UNDATED } : evidence;
}

/**
 * Marks, in the evidence, a retraction whose time is not the source's own but that at which the hub learnt of it: what
 * is said later takes it back, of whatever time it is (SPEC.md, invariant 12).
 */
export const UNDATED = { undated: true } as const;

export const isUndated = ({ retracted, evidence }: Pick<Statement, 'retracted' | 'evidence'>): boolean =>
  retracted && evidence.undated === true;

/** Names in a detail that the hub writes, and believes of no source. */
const RESERVED = ['absent', 'returned'];

function detailOf(detail: ObservationDetail | undefined): Json {
  if (!detail) return null;
  if (!RESERVED.some((name) => Object.hasOwn(detail, name))) return detail as Json;
  return Object.fromEntries(Object.entries(detail).filter(([name]) => !RESERVED.includes(name))) as Json;
}

/** An observation of one source as a statement. `requestedAt` stands in where the upstream gave no time. */
export function toStatement(
  observation: FactObservation,
  context: { ord: number; sourceId: string; stream: string; requestedAt: Date },
): Statement {
  const kind = factKinds[observation.kind];
  const definitions: Readonly<Record<string, { type: string } | undefined>> = kind.attributes;
  const names = Object.keys(observation.attributes).sort();
  const unknown = names.find((name) => !definitions[name]);
  if (unknown) throw new Error(`${kind.name} has no attribute ${unknown}`);
  return {
    ord: context.ord,
    sourceId: context.sourceId,
    stream: context.stream,
    kind: kind.name,
    entityId: entityIdOf(kind, observation.key),
    facet: names.join(','),
    observedAt: (observation.observedAt ?? context.requestedAt).toISOString(),
    revision: observation.revision ?? 0,
    attributes: Object.fromEntries(
      names.map((name) => [
        name,
        observation.retract
          ? null
          : normalise(observation.attributes[name] ?? null, definitions[name]?.type === 'codes'),
      ]),
    ),
    retracted: observation.retract ?? false,
    detail: detailOf(observation.detail),
    evidence: evidenceOf(observation),
  };
}

const laneOf = (statement: Statement): string =>
  [statement.sourceId, statement.stream, statement.kind, statement.entityId, statement.facet].join('\n');

/**
 * Splits statements so that no round has two of one lane: what is written in one statement of SQL must not meet itself.
 * Within a lane the oldest goes first. Nearly every batch is one round.
 */
export function toRounds(statements: readonly Statement[]): Statement[][] {
  const lanes = new Map<string, Statement[]>();
  for (const statement of statements) {
    const lane = laneOf(statement);
    const entries = lanes.get(lane);
    if (entries) entries.push(statement);
    else lanes.set(lane, [statement]);
  }
  const rounds: Statement[][] = [];
  for (const entries of lanes.values()) {
    if (entries.length > 1) {
      entries.sort((a, b) =>
        a.observedAt < b.observedAt ? -1 : a.observedAt > b.observedAt ? 1 : a.revision - b.revision,
      );
    }
    const removedAt = entries.length > 1 ? entries.findLastIndex(isUndated) : -1;
    entries.forEach((entry, index) => {
      const statement = index < removedAt ? { ...entry, isOvertaken: true as const } : entry;
      const round = rounds[index];
      if (round) round.push(statement);
      else rounds[index] = [statement];
    });
  }
  return rounds;
}
