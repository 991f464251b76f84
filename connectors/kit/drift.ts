import type * as z from 'zod';
import type { Observation } from '../../schema/observation.ts';
import type { DriftNote } from './connector.ts';
import { redactText } from './redact.ts';

const MAX_SAMPLE_LENGTH = 100;
/** An upstream that makes up names of fields must not fill the hub's memory with them. */
const MAX_NOTES = 200;

/** What is noticed on a page, each thing once with how often. */
export class DriftNotes {
  private readonly notes = new Map<string, DriftNote>();

  private readonly secrets: readonly string[];

  /** @param secrets values of the source's credentials, which an upstream may echo: none of them is noted. */
  constructor(secrets: readonly string[] = []) {
    this.secrets = secrets;
  }

  add(kind: DriftNote['kind'], givenPath: string, givenSample: string): void {
    const path = redactText(givenPath, this.secrets);
    const sample = redactText(givenSample, this.secrets);
    const key = JSON.stringify([kind, path, sample]);
    const known = this.notes.get(key);
    if (!known && this.notes.size >= MAX_NOTES) return;
    const note = { kind, path: path.slice(0, 200), sample: sample.slice(0, MAX_SAMPLE_LENGTH) };
    this.notes.set(key, { ...note, count: (known?.count ?? 0) + 1 });
  }

  list(): readonly DriftNote[] {
    return [...this.notes.values()];
  }
}

/**
 * A code that no map knows: the attribute is UNMAPPED, and its raw code goes with it. The place is the attribute by the
 * version of the map, `deployment.status@2025-06.1`: what a newer map still does not know is noticed anew.
 */
export function noteUnmapped(observation: Observation, notes: DriftNotes): void {
  const { rawCode, codeMapVersion } = observation.detail ?? {};
  if (rawCode === undefined || observation.class !== 'fact') return;
  const byMap = codeMapVersion === undefined ? '' : `@${codeMapVersion}`;
  for (const [name, value] of Object.entries(observation.attributes)) {
    if (value === 'UNMAPPED') notes.add('UNMAPPED_CODE', `${observation.kind}.${name}${byMap}`, rawCode);
  }
}

/** The fields that a contract knows at one place: by name, what stands below; `any` where anything may stand. */
type Known = { readonly fields: ReadonlyMap<string, Known> } | { readonly items: Known } | 'any';

/** A function that notes the fields of a record that the contract does not know, at any depth. */
export function createFieldNoter(contract: z.ZodType): (record: unknown, notes: DriftNotes) => void {
  const known = knownBy(contract);
  return (record, notes) => walk(record, known, '', notes);
}

function walk(value: unknown, known: Known, path: string, notes: DriftNotes): void {
  if (known === 'any' || value === null || typeof value !== 'object') return;
  if ('items' in known) {
    if (Array.isArray(value)) for (const item of value) walk(item, known.items, `${path}[]`, notes);
    return;
  }
  if (Array.isArray(value)) return;
  for (const [name, member] of Object.entries(value)) {
    const place = path === '' ? name : `${path}.${name}`;
    const below = known.fields.get(name);
    if (below === undefined) notes.add('NEW_FIELD', place, kindOf(member));
    else if (below !== 'any') walk(member, below, place, notes);
  }
}

export const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

/** What Zod keeps of a schema, as far as it is of use here. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: unknown;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
}

function knownBy(schema: z.ZodType): Known {
  const definition = schema.def as unknown as Definition;
  if (definition.innerType) return knownBy(definition.innerType);
  if (definition.type === 'pipe' && definition.in) return knownBy(definition.in);
  if (definition.element) return { items: knownBy(definition.element) };
  if (definition.options) return definition.options.map(knownBy).reduce(merge);
  // A contract that says what other fields are lets them come.
  if (!definition.shape || definition.catchall) return 'any';
  return { fields: new Map(Object.entries(definition.shape).map(([name, member]) => [name, knownBy(member)])) };
}

/** A record of either form: what one of them knows is no news. */
function merge(a: Known, b: Known): Known {
  if (a === 'any' || b === 'any') return 'any';
  if ('items' in a && 'items' in b) return { items: merge(a.items, b.items) };
  if (!('fields' in a && 'fields' in b)) return 'any';
  const fields = new Map(a.fields);
  for (const [name, known] of b.fields) {
    const other = fields.get(name);
    fields.set(name, other === undefined ? known : merge(other, known));
  }
  return { fields };
}
