import { describe, expect, test } from '@jest/globals';
import { describeFailure } from '../../src/sync/run-failure.ts';

const driverError = (code: string): Error => Object.assign(new Error('detail: Key (id)=(lgsp-01)'), { code });
const context = {
  signal: new AbortController().signal,
  budget: new AbortController().signal,
  hasStored: false,
};

describe('what a failed run says', () => {
  test.each(['23514', '23503', '23502', '22P02'])(
    'owns up to a mistake of the hub where the store refuses a page by SQLSTATE %s',
    (code) => {
      const { state, failure } = describeFailure(driverError(code), context);
      expect({ state, code: failure.code }).toEqual({ state: 'FAILED', code: 'INTERNAL_SERVER_ERROR' });
      expect(failure.message).not.toMatch(/lgsp-01|fit|stored/);
    },
  );

  test.each([
    ['57P01', 'UNAVAILABLE'],
    ['40P01', 'CONFLICT'],
  ])('leaves what passes by itself as it is: %s is %s', (code, expected) => {
    expect(describeFailure(driverError(code), context).failure).toMatchObject({ code: expected, retryable: true });
  });
});
