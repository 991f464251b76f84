import { describe, expect, test } from '@jest/globals';
import { unexcused, type Withheld } from '../../connectors/testkit/withheld.ts';
import type { FactObservation, ServiceHealthMeasurement } from '../../schema/observation.ts';

const health = (province: string, day: number): ServiceHealthMeasurement => ({
  class: 'measurement',
  kind: 'serviceHealth',
  key: { province, system: 'TTHC', vendor: 'VNPT' },
  measuredAt: new Date(`2025-06-${day}T08:00:00+07:00`),
  values: { uptimePercent: 100, cpuPercent: 1, memoryPercent: 1, trafficMbps: 1, alerts: 0 },
});
const held = [health('01', 26), health('01', 27), health('04', 27)];
const STREAMS = [{ name: 'health', kinds: ['serviceHealth'] as const }];
const rejected = (record: { [member: string]: string }): Withheld => ({
  rejections: [{ stream: 'health', record }],
  hidden: [],
});
const hidden = (row: object, asked = '/health'): Withheld => ({
  rejections: [],
  hidden: [{ upstream: 'vnpt', asked, row }],
});
/** By their places in `held`. */
const left = (withheld: Withheld, keyOf?: Parameters<typeof unexcused>[3]['keyOf']): number[] =>
  unexcused(held, held, withheld, { streams: STREAMS, keyOf }).map((one) => held.indexOf(one));

describe('what is missing is excused by a record that was withheld, and by no other', () => {
  test.each([
    { name: 'nothing was', withheld: { rejections: [], hidden: [] }, expected: [0, 1, 2] },
    {
      name: 'one of that place and time',
      withheld: rejected({ id: '01-TTHC', at: '2025-06-27T01:00:00.000Z', alerts: 'nhiều' }),
      expected: [0, 2],
    },
    {
      name: 'the same, with epoch seconds',
      withheld: hidden({ p: '01', s: 'TTHC', at: 1750986000 }),
      expected: [0, 2],
    },
    {
      name: 'the same, with local time',
      withheld: hidden({ p: '01', s: 'TTHC', at: '20250627080000' }),
      expected: [0, 2],
    },
    {
      name: 'one whose day was asked for',
      withheld: hidden({ p: '01', s: 'TTHC' }, '/2025-06-26.csv'),
      expected: [1, 2],
    },
    { name: 'one of another place', withheld: hidden({ p: '08', s: 'TTHC', at: 1750986000 }), expected: [0, 1, 2] },
    {
      name: 'a number that is no place',
      withheld: hidden({ p: '8', s: 'TTHC', cpu: '1,01', at: 1750986000 }),
      expected: [0, 1, 2],
    },
    {
      name: 'one too damaged to be about anything, of a day',
      withheld: rejected({ cut: '2025-06-26' }),
      expected: [1, 2],
    },
    { name: 'one too damaged to tell even its day', withheld: rejected({ cut: '{"p":' }), expected: [1, 2] },
    {
      name: 'a damaged one that was hidden, not rejected',
      withheld: hidden({ cut: '2025-06-26' }),
      expected: [0, 1, 2],
    },
  ])('$name', ({ withheld, expected }) => {
    expect(left(withheld)).toEqual(expected);
  });

  test('by its key where that does not stand in it word for word', () => {
    const withheld = hidden({ agency: '3904', count: '01', what: 'TTHC', at: 1750986000 });
    expect(left(withheld, ({ agency }) => ({ province: String(agency).slice(2) }))).toEqual([0, 1]);
  });

  test('a rejected record excuses all that is said of its entity, and none of its neighbours', () => {
    const fact = (province: string, attributes: FactObservation['attributes']): FactObservation => ({
      class: 'fact',
      kind: 'deployment',
      key: { province, system: 'TTHC' },
      observedAt: null,
      attributes,
    });
    const facts = [fact('01', { status: 'READY' }), fact('01', { note: 'x' }), fact('04', { status: 'READY' })];
    const withheld = { rejections: [{ stream: 'systems', record: { id: '01-TTHC' } }], hidden: [] };
    const streams = [{ name: 'systems', kinds: ['deployment'] as const }];
    expect(unexcused(facts, facts, withheld, { streams })).toEqual([facts[2]]);
  });
});
