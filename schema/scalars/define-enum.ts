import { registerEnumType } from 'type-graphql';

/**
 * An enum of GraphQL. `values` are the names, with what each means. Inside the hub a value is its own name, or what
 * `inside` turns the name into: the tables say `serviceCoverage` where the schema says `SERVICE_COVERAGE`.
 */
export function defineEnum<const Name extends string>(
  name: string,
  description: string,
  values: readonly Name[] | Readonly<Record<Name, string>>,
  inside: (name: Name) => string = (value) => value,
): Readonly<Record<Name, string>> {
  const names = (Array.isArray(values) ? values : Object.keys(values)) as Name[];
  const enumObject = Object.fromEntries(names.map((value) => [value, inside(value)])) as Record<Name, string>;
  const described = Array.isArray(values) ? [] : Object.entries(values as Readonly<Record<Name, string>>);
  const valuesConfig = Object.fromEntries(described.map(([key, text]) => [key, { description: text as string }]));
  registerEnumType<Record<string, string>>(enumObject, { name, description, valuesConfig });
  return enumObject;
}

/** An enum for `orderBy`: each field ascending and descending. */
export function defineOrder<const Field extends string>(name: string, fields: readonly Field[]) {
  const values = fields.flatMap((field): (`${Field}_ASC` | `${Field}_DESC`)[] => [`${field}_ASC`, `${field}_DESC`]);
  return defineEnum(
    name,
    'What to order by; later ones break the ties of earlier ones, the key breaks the rest.',
    values,
  );
}

export const lowerCase = (name: string): string => name.toLowerCase();
export const kebabCase = (name: string): string => name.toLowerCase().replaceAll('_', '-');
export const camelCase = (name: string): string =>
  name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
