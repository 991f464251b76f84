import { describe, expect, test } from '@jest/globals';
import { deploymentRecord, fpt, toObservations } from '../../docs/examples/connector.ts';

const record = { province: '48', system: 'HOP', state: '6', updatedAt: '2025-06-27T12:15:00+07:00' };

describe('the connector that the guide shows', () => {
  test('says what it needs and brings', () => {
    expect(fpt.spec()).toMatchObject({
      credentials: ['apiKey'],
      streams: [{ name: 'deployments', kinds: ['deployment'], mode: 'snapshot' }],
    });
  });

  test.each([
    ['a known code', { ...record }, { vendors: ['FPT'], status: 'OPERATING' }],
    ['a remark in NFD', { ...record, remark: 'đủ'.normalize('NFD') }, { note: 'đủ'.normalize('NFC') }],
    ['an unknown code', { ...record, state: '9' }, { status: 'UNMAPPED' }],
  ])('maps %s', (_name, input, attributes) => {
    const [observation] = toObservations(deploymentRecord.parse(input));
    expect(observation).toMatchObject({ kind: 'deployment', key: { province: '48', system: 'HOP' }, attributes });
  });
});
