/** A JSON value as PostgreSQL's `jsonb` keeps it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * The type of one attribute of a fact.
 *
 * - `text`: NFC text for people. - `enum`: one of `values`. - `codes`: a list of codes, sorted and without doubles, so
 *   that two sources that name the same set in another order agree. - `integer`, `number`, `boolean`: as JSON.
 * - `timestamp`: ISO 8601 in UTC with milliseconds (`Date#toISOString`). - `json`: a list of small objects, shown whole.
 */
export type AttributeType = 'text' | 'enum' | 'codes' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'json';

export interface AttributeDefinition {
  readonly type: AttributeType;
  readonly values?: readonly string[];
  /**
   * Whether two fresh sources that give different values are in conflict. False for prose and for readings such as a
   * latency, which never agree to the letter and of which reading picks one by precedence all the same. Default true.
   */
  readonly compared?: boolean;
}

/** The columns a key may consist of; each is the field's own code. */
export type KeyPart = 'province' | 'system' | 'vendor' | 'criterion' | 'target' | 'programme';

/**
 * One kind of fact that sources describe and the hub unifies: what identifies an entity of the kind, and which
 * attributes are claimed of it. The state table, the unify statements, the change log and the typed subscription all
 * follow from this declaration and the entity class of the same name.
 */
export interface FactKind {
  /** camelCase name, as it stands in observations, claims and the change log. */
  readonly name: string;
  /** GraphQL type, e.g. `Deployment`; also the prefix of the global id. */
  readonly typeName: string;
  /** State table. */
  readonly table: string;
  /** The parts of the key in the order in which they form the entity id, joined by `:`. */
  readonly key: readonly KeyPart[];
  readonly attributes: Readonly<Record<string, AttributeDefinition>>;
}

/** Declares a kind; keeps the literal types of names, keys and attributes. */
export function defineFactKind<const Kind extends FactKind>(kind: Kind): Kind {
  return Object.freeze(kind);
}

/** The entity id of a key: `{province: '01', system: 'TTHC'}` of a deployment is `01:TTHC`. Throws on a missing part. */
export function entityIdOf(kind: FactKind, key: Readonly<Partial<Record<KeyPart, string>>>): string {
  return kind.key
    .map((part) => {
      const value = key[part];
      if (!value || value.includes(':')) throw new Error(`${kind.name}: key part ${part} is missing or has a colon`);
      return value;
    })
    .join(':');
}

/** The key parts of an entity id; the inverse of {@link entityIdOf}. */
export function keyOf(kind: FactKind, entityId: string): Partial<Record<KeyPart, string>> {
  const parts = entityId.split(':');
  return Object.fromEntries(kind.key.map((part, index) => [part, parts[index]]));
}

/** The names of the attributes whose disagreement between fresh sources is a conflict. */
export function comparedAttributes(kind: FactKind): string[] {
  return Object.entries(kind.attributes)
    .filter(([, definition]) => definition.compared !== false)
    .map(([name]) => name);
}
