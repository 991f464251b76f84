import { Extensions } from 'type-graphql';

/** The key in the `extensions` of a field under which its expected length stands. */
export const LIST_SIZE = 'listSize';

/** How long a list of the field is expected to be: what its children cost is taken that often. */
export function listOf(size: number): MethodDecorator & PropertyDecorator {
  return Extensions({ [LIST_SIZE]: size }) as never;
}
