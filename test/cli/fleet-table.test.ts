import { describe, expect, test } from '@jest/globals';
import type { SourceLine } from '../../src/cli/fleet.ts';
import { fleetSummary, fleetTable, shortDuration } from '../../src/cli/fleet-table.ts';

const NOW = new Date('2025-06-27T05:15:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const lastRun = {
  number: 7,
  state: 'SUCCEEDED',
  trigger: 'schedule',
  startedAt: ago(20),
  finishedAt: ago(12),
  stream: 'links',
  pages: 3,
  read: 40,
  percent: 100,
};
const line: SourceLine = {
  id: 'khcn',
  name: 'Báo cáo',
  connector: 'khcn',
  kind: 'pull',
  schedule: 'every 60 s',
  status: 'ACTIVE',
  health: 'OK',
  healthReason: 'Read just now.',
  freshness: 'FRESH',
  staleSince: null,
  lagSeconds: 0,
  lastSuccessAt: ago(12),
  lastRun,
  openRejections: 0,
  openConflicts: 0,
  nextRunAt: new Date(NOW.getTime() + 90_000),
};
/** The cells of the one row, as they stand between two spaces or more. */
const cellsOf = (over: Partial<SourceLine>): string[] =>
  (fleetTable([{ ...line, ...over }], NOW).split('\n')[1] ?? '').split(/ {2,}/);

describe('the table of sources', () => {
  test('says state, freshness, last run, lag and next run', () => {
    expect(cellsOf({})).toEqual(['khcn', 'ok', 'fresh', 'succeeded 12 s ago', '0 s', 'in 1 min']);
  });

  test('says why where something is wrong, cut where it is long', () => {
    const cells = cellsOf({ health: 'FAILING', healthReason: 'x'.repeat(200), openRejections: 3, openConflicts: 5 });
    expect(cells).toEqual(expect.arrayContaining(['failing', '3', '5', `${'x'.repeat(69)}…`]));
  });

  test('says how far a run has got', () => {
    const running = { ...lastRun, state: 'RUNNING', finishedAt: null };
    expect(cellsOf({ lastRun: { ...running, percent: 25 } })).toContain('running, 25 % (links)');
    expect(cellsOf({ lastRun: { ...running, percent: null } })).toContain('running, 3 pages (links)');
  });

  test('says what never was, what nobody waits for and what is due', () => {
    expect(cellsOf({ lastRun: null, lagSeconds: null, nextRunAt: null })).toEqual([
      'khcn',
      'ok',
      'fresh',
      'never',
      '–',
      '–',
    ]);
    expect(cellsOf({ nextRunAt: ago(1) })).toContain('now');
  });

  test('is summed up by how they do', () => {
    expect(fleetSummary([line, line, { ...line, health: 'NEVER_READ' }])).toBe('3 sources: 2 ok, 1 never read');
  });

  test.each([
    [0, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [7_199, '1 h'],
    [200_000, '2 d'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(shortDuration(seconds)).toBe(text);
  });
});
