import { describe, expect, test } from '@jest/globals';
import type {
  DossierStatisticsMeasurement,
  FactObservation,
  Observation,
  ServiceHealthMeasurement,
  UsageStatisticsMeasurement,
} from '../../schema/observation.ts';
import { type PreparationContext, prepareObservation } from '../../src/sync/prepare-observation.ts';

const context: PreparationContext = {
  references: {
    province: new Set(['01']),
    system: new Set(['TTHC']),
    vendor: new Set(['VNPT', 'FPT']),
    criterion: new Set(['C1']),
    target: new Set(['DVCQG']),
    unit: new Map([
      ['FP-AN-GIANG', '91'],
      ['CB-DANG-UY-QUOC-HOI', null],
    ]),
  },
  latestObservedAt: new Date('2025-06-27T05:25:00Z'),
  voices: new Set(['summary']),
  scopes: [],
};

const deployment = (over: Partial<FactObservation> = {}): FactObservation => ({
  class: 'fact',
  kind: 'deployment',
  key: { province: '01', system: 'TTHC' },
  observedAt: new Date('2025-06-23T10:00:00Z'),
  attributes: { vendors: ['VNPT'] },
  ...over,
});
const link = (attributes: FactObservation['attributes']): FactObservation =>
  deployment({ kind: 'link', key: { province: '01', target: 'DVCQG' }, attributes });
const health = (over: Partial<ServiceHealthMeasurement> = {}): ServiceHealthMeasurement => ({
  class: 'measurement',
  kind: 'serviceHealth',
  key: { province: '01', system: 'TTHC', vendor: 'VNPT' },
  measuredAt: new Date('2025-06-27T01:00:00Z'),
  values: { uptimePercent: 99.9, cpuPercent: 40, memoryPercent: 50, trafficMbps: 10, alerts: 0 },
  ...over,
});
const usage = (over: Partial<UsageStatisticsMeasurement> = {}): UsageStatisticsMeasurement => ({
  class: 'measurement',
  kind: 'usageStatistics',
  key: { unit: 'FP-AN-GIANG' },
  province: '91',
  periodStart: new Date('2025-06-12T17:00:00Z'),
  periodEnd: new Date('2025-06-19T17:00:00Z'),
  values: { users: 87, logins: 722, documentsIn: 2, documentsOut: 52, documentsPassedOn: 84 },
  ...over,
});

const dossiers = (over: Partial<DossierStatisticsMeasurement> = {}): DossierStatisticsMeasurement => ({
  class: 'measurement',
  kind: 'dossierStatistics',
  key: { province: '01', commune: '01-001', procedure: '1.015045' },
  day: new Date('2025-06-25T17:00:00Z'),
  values: { received: 5, online: 3, onTime: 9, overdue: 1 },
  ...over,
});

describe('what breaks the promise of its kind is rejected with the place and the reason', () => {
  const cases: [string, Observation, string, RegExp][] = [
    ['an unknown kind', deployment({ kind: 'nonsense' as never }), 'kind', /unknown kind "nonsense"/],
    ['an unknown province', deployment({ key: { province: '99', system: 'TTHC' } }), 'key.province', /"99"/],
    ['an unknown system', deployment({ key: { province: '01', system: 'X' } }), 'key.system', /unknown system "X"/],
    ['a missing key part', deployment({ key: { province: '01' } }), 'key.system', /missing/],
    ['a key with a colon', deployment({ key: { province: '0:1', system: 'TTHC' } }), 'key.province', /no code/],
    ['an unknown vendor', deployment({ attributes: { vendors: ['NOBODY'] } }), 'attributes.vendors', /"NOBODY"/],
    ['a status that is none', deployment({ attributes: { status: 'MAYBE' } }), 'attributes.status', /PREPARING/],
    [
      'an attribute of another kind',
      deployment({ attributes: { latencyMs: 3 } }),
      'attributes.latencyMs',
      /no attribute/,
    ],
    ['text where a number is due', link({ latencyMs: '12' }), 'attributes.latencyMs', /"12", not an integer/],
    ['an integer beyond 32 bits', link({ latencyMs: 2 ** 40 }), 'attributes.latencyMs', /32 bits/],
    ['a time without zone', link({ lastSuccessAt: '2025-06-27T00:00:00' }), 'attributes.lastSuccessAt', /UTC/],
    ['null for a value', link({ state: null }), 'attributes.state', /null/],
    ['a text of ten megabytes', link({ detail: 'x'.repeat(10_000_000) }), 'attributes.detail', /10000000 characters/],
    ['NUL inside a text', link({ detail: 'a\0b' }), 'attributes.detail', /invalid characters/],
    ['half of a surrogate pair', link({ detail: 'a\ud800b' }), 'attributes.detail', /invalid characters/],
    ['no attribute at all', deployment({ attributes: {} }), 'attributes', /says nothing/],
    ['a voice nobody configured', deployment({ voice: 'opening' }), 'voice', /no voice "opening"/],
    [
      'an observation of tomorrow',
      deployment({ observedAt: new Date('2025-06-28T00:00:00Z') }),
      'observedAt',
      /future/,
    ],
    [
      'a time that stands for none',
      deployment({ observedAt: new Date('0001-01-01T00:00:00+07:00') }),
      'observedAt',
      /before 1970: 0000-12-31/,
    ],
    [
      'a measurement of a time that stands for none',
      health({ measuredAt: new Date('0000-01-01T00:00:00Z') }),
      'measuredAt',
      /before 1970/,
    ],
    [
      'a time that stands for none as a value',
      link({ lastSuccessAt: '0000-12-31T17:00:00.000Z' }),
      'attributes.lastSuccessAt',
      /not a time in UTC/,
    ],
    [
      'a time of five-digit years as a value',
      link({ lastSuccessAt: '+012025-06-27T00:00:00.000Z' }),
      'attributes.lastSuccessAt',
      /not a time in UTC/,
    ],
    ['a correction of a number too large', deployment({ revision: 2e20 }), 'revision', /200000000000000000000/],
    ['a correction of half a number', deployment({ revision: 0.5 }), 'revision', /whole number/],
    ['a correction below none', deployment({ revision: -1 }), 'revision', /whole number/],
    ['an invalid time', deployment({ observedAt: new Date(Number.NaN) }), 'observedAt', /no time/],
    ['a measurement of tomorrow', health({ measuredAt: new Date('2025-06-28T00:00:00Z') }), 'measuredAt', /future/],
    [
      'a measurement that is no number',
      health({ values: { ...health().values, cpuPercent: Number.NaN } }),
      'values.cpuPercent',
      /not a number/,
    ],
    ['a measurement of an unknown kind', { ...health(), kind: 'nonsense' as never }, 'kind', /unknown kind "nonsense"/],
    ['an unknown unit', usage({ key: { unit: 'FP-ATLANTIS' } }), 'key.unit', /unknown unit "FP-ATLANTIS"/],
    ['a unit in another province', usage({ province: '92' }), 'province', /belongs to 91, not 92/],
    [
      'a province for a unit of none',
      usage({ key: { unit: 'CB-DANG-UY-QUOC-HOI' } }),
      'province',
      /belongs to no province/,
    ],
    [
      'a period that is not over',
      usage({ periodEnd: new Date('2025-06-28T00:00:00Z') }),
      'periodEnd',
      /lies in the future/,
    ],
    [
      'a period that ends as it begins',
      usage({ periodEnd: usage().periodStart }),
      'periodEnd',
      /is not after periodStart/,
    ],
    [
      'a count that is no whole number',
      usage({ values: { ...usage().values, logins: 1.5 } }),
      'values.logins',
      /not an integer/,
    ],
    [
      'more dossiers online than at all',
      dossiers({ values: { ...dossiers().values, online: 6 } }),
      'values.online',
      /6 online of 5 received/,
    ],
    ['less than no dossiers', dossiers({ values: { ...dossiers().values, overdue: -1 } }), 'values.overdue', /is -1/],
    [
      'a day that begins at another hour',
      dossiers({ day: new Date('2025-06-26T00:00:00Z') }),
      'day',
      /not the beginning of a day in Vietnam/,
    ],
    [
      'a procedure that is no code',
      dossiers({ key: { province: '01', procedure: 'cấp phép' } }),
      'key.procedure',
      /no code/,
    ],
    [
      'dossiers without a procedure',
      dossiers({ key: { province: '01', procedure: '' } }),
      'key.procedure',
      /the procedure is missing/,
    ],
    ['prototype names', deployment({ attributes: { constructor: 'x' } }), 'attributes.constructor', /no attribute/],
  ];
  test.each(cases)('%s', (_name, observation, path, reason) => {
    expect(prepareObservation(observation, context)).toEqual({ path, reason: expect.stringMatching(reason) });
  });
});

describe('a source, or the key that sends for it, that is limited to a province', () => {
  const ofSource = { ...context, scopes: [{ of: 'source' as const, provinces: ['01', '91'] }] };
  const ofKey = { ...context, scopes: [{ of: 'key' as const, provinces: ['24'] }] };

  test.each([
    ['its own', deployment(), ofSource],
    ['a unit of its own', usage({ key: { unit: 'FP-AN-GIANG' } }), ofSource],
  ])('speaks of %s', (_name, observation, scoped) => {
    expect(prepareObservation(observation, scoped)).toHaveProperty('observation');
  });

  test.each([
    ['another', deployment(), ofKey, 'key.province', 'the key speaks of 24 only, not of "01"'],
    [
      'a unit of another',
      usage({ key: { unit: 'FP-AN-GIANG' } }),
      ofKey,
      'key.unit',
      'the key speaks of 24 only, not of "91"',
    ],
    [
      'a unit of none',
      usage({ key: { unit: 'CB-DANG-UY-QUOC-HOI' } }),
      ofKey,
      'key.unit',
      'it is about no province, and the key is',
    ],
    [
      'what is of none',
      deployment({ kind: 'readiness', key: {} }),
      ofSource,
      'key.province',
      'it is about no province, and the source is',
    ],
  ])('does not speak of %s', (_name, observation, scoped, path, reason) => {
    expect(prepareObservation(observation, scoped)).toMatchObject({ path, reason });
  });
});

describe('what keeps it is brought into its stored form', () => {
  test('codes are sorted and named once', () => {
    const prepared = prepareObservation(deployment({ attributes: { vendors: ['VNPT', 'FPT', 'VNPT'] } }), context);
    expect(prepared).toMatchObject({ observation: { attributes: { vendors: ['FPT', 'VNPT'] } } });
  });

  test('text, details and lists turn from NFD into NFC', () => {
    const prepared = prepareObservation(
      deployment({ attributes: { note: 'Hà Nội'.normalize('NFD') }, detail: { document: 'Báo cáo'.normalize('NFD') } }),
      context,
    );
    expect(prepared).toMatchObject({
      observation: {
        attributes: { note: 'Hà Nội'.normalize('NFC') },
        detail: { document: 'Báo cáo'.normalize('NFC') },
      },
    });
  });

  test('a retraction needs the names only', () => {
    const prepared = prepareObservation(deployment({ retract: true, attributes: { status: null } }), context);
    expect(prepared).toMatchObject({ observation: { attributes: { status: null }, retract: true } });
  });

  test('an observation without a time of its own passes', () => {
    expect(prepareObservation(deployment({ observedAt: null }), context)).toHaveProperty('observation');
  });

  test('a configured voice and measurements pass unchanged', () => {
    expect(prepareObservation(deployment({ voice: 'summary' }), context)).toHaveProperty('observation');
    expect(prepareObservation(health(), context)).toEqual({ observation: health() });
    expect(prepareObservation(usage(), context)).toEqual({ observation: usage() });
    expect(prepareObservation(dossiers(), context)).toEqual({ observation: dossiers() });
    const ofProvince = dossiers({ key: { province: '01', procedure: '1.015045' } });
    expect(prepareObservation(ofProvince, context)).toEqual({ observation: ofProvince });
  });
});
