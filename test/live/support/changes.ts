import type { UnloggedChange } from '../../../src/live/replay-change-source.ts';

/** A change to write to a log; the numbers are given there. */
export function aChange(overrides: Partial<UnloggedChange> = {}): UnloggedChange {
  return {
    at: new Date('2025-06-27T05:15:00Z'),
    kind: 'deployment',
    entityId: '01:TTHC',
    operation: 'UPDATED',
    before: { status: 'PILOT' },
    after: { status: 'OPERATING' },
    attributes: ['status'],
    cause: 'OBSERVED',
    sources: ['khcn'],
    runId: null,
    province: '01',
    system: 'TTHC',
    ...overrides,
  };
}

/** So many changes of different entities. */
export function someChanges(count: number, overrides: Partial<UnloggedChange> = {}): UnloggedChange[] {
  return Array.from({ length: count }, (_, index) => aChange({ entityId: `01:S${index}`, ...overrides }));
}
