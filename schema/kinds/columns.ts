import type { AttributeType, FactKind, KeyPart } from './fact-kind.ts';

/** A typed column of a state table and the SQL that derives it from `id` and `attributes`. */
export interface TypedColumn {
  readonly column: string;
  /** The attribute or key part it shows. */
  readonly of: string;
  readonly expression: string;
}

const KEY_COLUMNS: Readonly<Record<KeyPart, string>> = {
  province: 'province_code',
  system: 'system_code',
  vendor: 'vendor_code',
  criterion: 'criterion_id',
  target: 'target_code',
  programme: 'programme',
};

export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function columnOf(name: string, type: AttributeType): string {
  return type === 'codes' ? `${snakeCase(name).replace(/s$/, '')}_codes` : snakeCase(name);
}

function expressionOf(name: string, type: AttributeType): string {
  switch (type) {
    case 'codes':
      return `jsonb_text_array(attributes->'${name}')`;
    case 'json':
      return `attributes->'${name}'`;
    case 'integer':
      return `(attributes->>'${name}')::integer`;
    case 'number':
      return `(attributes->>'${name}')::double precision`;
    case 'boolean':
      return `(attributes->>'${name}')::boolean`;
    case 'timestamp':
      return `iso_timestamptz(attributes->>'${name}')`;
    default:
      return `attributes->>'${name}'`;
  }
}

/**
 * The typed columns of a kind's state table, keys first. The migrations write the same columns as generated ones (a
 * test compares the two); reading as of a time derives them with these expressions.
 */
export function typedColumns(kind: FactKind): TypedColumn[] {
  const keys = kind.key.map((part, index) => ({
    column: KEY_COLUMNS[part],
    of: part,
    expression: `split_part(id, ':', ${index + 1})`,
  }));
  const attributes = Object.entries(kind.attributes).map(([name, { type }]) => ({
    column: columnOf(name, type),
    of: name,
    expression: expressionOf(name, type),
  }));
  return [...keys, ...attributes];
}
