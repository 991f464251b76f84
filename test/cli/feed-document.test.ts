import { expect, test } from '@jest/globals';
import { describeChange, type TailChange } from '../../src/cli/feed-document.ts';

const change = (over: Partial<TailChange>): TailChange => ({
  __typename: 'Change',
  cursor: 'e-0000000000000001',
  seq: 1,
  at: '2025-06-27T05:15:00.000Z',
  kind: 'UPDATED',
  entityKind: 'READINESS',
  entityKey: '01:DVCQG_CONNECTED',
  attributes: ['completed'],
  before: { completed: false },
  after: { completed: true },
  cause: 'OBSERVED',
  sources: [{ code: 'khcn' }],
  province: { code: '01', name: 'Hà Nội' },
  system: null,
  transaction: { id: 1, last: true },
  ...over,
});

const lines: Array<[string, Partial<TailChange>, string]> = [
  ['an update says from what to what', {}, '~ READINESS 01:DVCQG_CONNECTED (Hà Nội)  completed: false → true  [khcn]'],
  [
    'what is new has nothing before it',
    { kind: 'CREATED', before: null },
    '+ READINESS 01:DVCQG_CONNECTED (Hà Nội)  completed: true  [khcn]',
  ],
  [
    'what is gone ends in a dash',
    { kind: 'REMOVED', after: null },
    '- READINESS 01:DVCQG_CONNECTED (Hà Nội)  completed: false → –  [khcn]',
  ],
  [
    'without a source the cause stands there',
    { sources: [], cause: 'STALE', province: null },
    '~ READINESS 01:DVCQG_CONNECTED  completed: false → true  [STALE]',
  ],
  [
    'lists are shown as JSON and long texts are cut',
    { attributes: ['vendors', 'note'], before: null, after: { vendors: ['FPT', 'VNPT'], note: 'x'.repeat(100) } },
    `~ READINESS 01:DVCQG_CONNECTED (Hà Nội)  vendors: ["FPT","VNPT"]; note: ${'x'.repeat(59)}…  [khcn]`,
  ],
];
test.each(lines)('%s', (_name, over, line) => {
  expect(describeChange(change(over))).toBe(`2025-06-27T05:15:00.000Z  ${line}`);
});
