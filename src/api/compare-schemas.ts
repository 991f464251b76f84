import { buildSchema, findBreakingChanges } from 'graphql';

/** What of the newer schema breaks clients of the older, a sentence each. */
export function compareSchemas(older: string, newer: string): string[] {
  return findBreakingChanges(buildSchema(older), buildSchema(newer)).map(
    (change) => `${change.type}: ${change.description}`,
  );
}
