import { describe, expect, test } from '@jest/globals';
import { DriftNotes } from '../../../connectors/kit/drift.ts';
import { createRejection } from '../../../connectors/kit/rejection.ts';

const secrets = ['s3cr3t-of-the-source'];
const setting = { stream: 'things', contractVersion: '1', secrets };

describe('a credential that an upstream echoes', () => {
  test('is in no rejection: neither in its record, names and values, nor in its reason or place', () => {
    const record = { 's3cr3t-of-the-source': 1, said: ['for s3cr3t-of-the-source'] };
    const rejection = createRejection(
      setting,
      record,
      'unknown vendor "s3cr3t-of-the-source"',
      'things.s3cr3t-of-the-source',
    );
    expect(rejection).toEqual({
      stream: 'things',
      reason: 'unknown vendor "[removed]"',
      path: 'things.[removed]',
      record: { '[removed]': 1, said: ['for [removed]'] },
      contractVersion: '1',
    });
  });

  test('is in nothing that is noticed of the form of answers', () => {
    const notes = new DriftNotes(secrets);
    notes.add('NEW_FIELD', 'a.s3cr3t-of-the-source', 'string');
    notes.add('UNMAPPED_CODE', 'deployment.status', 's3cr3t-of-the-source');
    expect(notes.list()).toEqual([
      { kind: 'NEW_FIELD', path: 'a.[removed]', sample: 'string', count: 1 },
      { kind: 'UNMAPPED_CODE', path: 'deployment.status', sample: '[removed]', count: 1 },
    ]);
  });
});
