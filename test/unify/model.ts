import { comparedAttributes, entityIdOf, type Json } from '../../schema/kinds/fact-kind.ts';
import { type FactKindName, factKinds } from '../../schema/kinds/index.ts';
import type { FactObservation } from '../../schema/observation.ts';

/**
 * The rules of src/unify/SPEC.md once more, as plainly as they can be said, over all statements in memory: what the
 * SQL is held against.
 */
export interface ToldStatement {
  readonly sourceId: string;
  readonly observation: FactObservation;
}

export interface ModelState {
  readonly attributes: Record<string, Json>;
  readonly conflicted: string[];
  readonly conflicts: Record<string, Record<string, Json>>;
}

export type Ranks = Readonly<Record<string, number>>;

interface Claim {
  readonly sourceId: string;
  readonly value: Json;
  readonly at: number;
  readonly revision: number;
  readonly retracted: boolean;
}

/** A value of these tests as PostgreSQL writes jsonb: keys by length, then by bytes. */
function textOf(value: Json): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${textOf(value[key] as Json)}`).join(', ')}}`;
}

interface Timed {
  readonly at: number;
  readonly revision: number;
  readonly value: Json;
}

function later<T extends Timed>(a: T, b: T): T {
  if (a.at !== b.at) return a.at > b.at ? a : b;
  if (a.revision !== b.revision) return a.revision > b.revision ? a : b;
  return Buffer.compare(Buffer.from(textOf(a.value)), Buffer.from(textOf(b.value))) >= 0 ? a : b;
}

interface LaneHead extends Timed {
  readonly entityId: string;
  readonly sourceId: string;
  readonly retracted: boolean;
}

/** The latest statement of each lane: a source's statements that speak of the same attributes of an entity. */
function headsOf(kindName: FactKindName, told: readonly ToldStatement[]): LaneHead[] {
  const heads = new Map<string, LaneHead>();
  for (const { sourceId, observation } of told) {
    const entityId = entityIdOf(factKinds[kindName], observation.key);
    const names = Object.keys(observation.attributes).sort();
    const retracted = observation.retract ?? false;
    const head: LaneHead = {
      entityId,
      sourceId,
      retracted,
      at: (observation.observedAt as Date).getTime(),
      revision: observation.revision ?? 0,
      value: Object.fromEntries(names.map((name) => [name, retracted ? null : (observation.attributes[name] as Json)])),
    };
    const lane = `${entityId} ${sourceId} ${names.join(',')}`;
    const before = heads.get(lane);
    heads.set(lane, before ? later(before, head) : head);
  }
  return [...heads.values()];
}

/** The state of every entity of a kind, by entity id. All claims count as fresh. */
export function modelState(
  kindName: FactKindName,
  told: readonly ToldStatement[],
  ranks: Ranks,
): Map<string, ModelState> {
  const latest = new Map<string, Map<string, Map<string, Claim>>>();
  for (const { entityId, sourceId, at, revision, retracted, value } of headsOf(kindName, told)) {
    const attributes = latest.get(entityId) ?? new Map<string, Map<string, Claim>>();
    latest.set(entityId, attributes);
    for (const [name, one] of Object.entries(value as Record<string, Json>)) {
      const sources = attributes.get(name) ?? new Map<string, Claim>();
      attributes.set(name, sources);
      const claim: Claim = { sourceId, value: one, at, revision, retracted };
      const before = sources.get(sourceId);
      sources.set(sourceId, before ? later(before, claim) : claim);
    }
  }
  const states = new Map<string, ModelState>();
  for (const [id, attributes] of latest) {
    const state = decideEntity(attributes, ranks, comparedAttributes(factKinds[kindName]));
    if (state) states.set(id, state);
  }
  return states;
}

function decideEntity(
  attributes: Map<string, Map<string, Claim>>,
  ranks: Ranks,
  compared: string[],
): ModelState | null {
  const state: ModelState = { attributes: {}, conflicted: [], conflicts: {} };
  for (const [name, sources] of attributes) {
    const claims = [...sources.values()].filter(({ retracted }) => !retracted);
    if (claims.length === 0) continue;
    claims.sort(
      (a, b) =>
        (ranks[a.sourceId] ?? 100) - (ranks[b.sourceId] ?? 100) || b.at - a.at || (a.sourceId < b.sourceId ? -1 : 1),
    );
    state.attributes[name] = (claims[0] as Claim).value;
    const voices = claims.filter(({ sourceId }) => sourceId !== 'operator');
    if (compared.includes(name) && new Set(voices.map(({ value }) => textOf(value))).size > 1) {
      state.conflicted.push(name);
      state.conflicts[name] = Object.fromEntries(voices.map(({ sourceId, value }) => [sourceId, value]));
    }
  }
  state.conflicted.sort();
  return Object.keys(state.attributes).length > 0 ? state : null;
}
