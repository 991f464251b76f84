import { describe, expect, test } from '@jest/globals';
import { contractRank, statementRevision } from '../../src/sync/statement-revision.ts';

describe('the revision of a statement', () => {
  test.each([
    ['3', 3],
    ['2025-06.1', (2025 * 12 + 6) * 100 + 1],
    ['2025-06.12', (2025 * 12 + 6) * 100 + 12],
    ['unknown', 0],
    ['v2', 0],
  ])('by the contract %s', (version, rank) => {
    expect(contractRank(version)).toBe(rank);
  });

  test('rises with the correction first, the contract then, and last with whether the code was understood', () => {
    const [unknown, known] = [{ status: 'UNMAPPED' }, { status: 'READY' }];
    const rising = [
      statementRevision({ attributes: unknown }, 'unknown'),
      statementRevision({ attributes: known }, 'unknown'),
      statementRevision({ attributes: known }, '1'),
      statementRevision({ attributes: unknown, revision: 0 }, '2025-06.1'),
      statementRevision({ attributes: known, revision: 0 }, '2025-06.1'),
      statementRevision({ attributes: unknown, revision: 0 }, '2025-12.1'),
      statementRevision({ attributes: known, revision: 0 }, '2026-01.1'),
      statementRevision({ attributes: unknown, revision: 1 }, '1'),
      statementRevision({ attributes: known, revision: 1 }, '2026-01.1'),
      statementRevision({ attributes: unknown, revision: 2 }, '1'),
    ];
    expect(rising).toEqual([...new Set(rising)].sort((a, b) => a - b));
  });
});
