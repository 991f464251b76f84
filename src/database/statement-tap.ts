import type pg from 'pg';

export type OnStatement = (sql: string) => void;

/**
 * Tells of every statement that goes over a client, transaction control included, whoever sends it (the ORM, kysely,
 * plain pg). Prepared statements and cursors are told by their text.
 */
export function tapStatements(client: pg.ClientBase, onStatement: OnStatement): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  Object.assign(client, {
    query: (...args: unknown[]) => {
      onStatement(textOf(args[0]));
      return query(...args);
    },
  });
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const { text } = statement as { text?: unknown };
  return typeof text === 'string' ? text : '';
}
