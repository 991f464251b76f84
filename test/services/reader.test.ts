import { describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createReader } from '../../src/database/operations/read/reader.ts';
import { UnavailableError } from '../../src/errors/index.ts';

const query = sql<{ one: number }>`select 1 as one`;

/** A database that answers by `execute`. */
function answering(execute: () => Promise<unknown>) {
  const statements: string[] = [];
  const executor = {
    transformQuery: (node: unknown) => node,
    compileQuery: () => ({ sql: 'select 1', parameters: [], query: {} }),
    executeQuery: () => {
      statements.push('select 1');
      return execute();
    },
    withPlugins: () => executor,
  };
  return { db: { getExecutor: () => executor } as never, statements };
}
const never = (): Promise<never> => new Promise(() => undefined);

describe('a reader', () => {
  test('gives the rows', async () => {
    const { db } = answering(async () => ({ rows: [{ one: 1 }] }));
    expect(await createReader(db).rows(query)).toEqual([{ one: 1 }]);
  });

  test('sends nothing for who has gone, and waits no longer for what is under way', async () => {
    const { db, statements } = answering(never);
    const gone = new AbortController();
    const reader = createReader(db, { signal: gone.signal });
    const waiting = reader.rows(query);
    gone.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(reader.rows(query)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(statements).toHaveLength(1);
  });

  test('gives the reason of the signal where that is an error of ours', async () => {
    const signal = AbortSignal.abort(new UnavailableError('The hub'));
    await expect(createReader(answering(never).db, { signal }).rows(query)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
  });

  test('counts its time from the first statement, over all of them', async () => {
    let now = 0;
    const { db, statements } = answering(async () => ({ rows: [] }));
    const reader = createReader(db, { timeLimitMs: 1_000, monotonicNow: () => now });
    now = 5_000;
    await reader.rows(query);
    now = 5_999;
    await reader.rows(query);
    now = 6_000;
    await expect(reader.rows(query)).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
    expect(statements).toHaveLength(2);
  });
});
