import { describe, expect, test } from '@jest/globals';
import { describeFailure, RunBudgetError } from '../../src/sync/run-failure.ts';

const driverError = (code: string): Error => Object.assign(new Error('detail: Key (id)=(lgsp-01)'), { code });
const context = {
  signal: new AbortController().signal,
  budget: new AbortController().signal,
  budgetMs: 1_000,
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
    ['something', true, 'PARTIAL', /took longer than 1 s\. What was read is stored; the next run goes on/],
    ['nothing', false, 'FAILED', /took longer than 1 s, and nothing had come by then\. Raise timeBudgetMs/],
  ])('where its time was used up and %s was stored', (_what, hasStored, state, words) => {
    const budget = AbortSignal.abort(new RunBudgetError(1_000));
    const end = describeFailure(new Error('cut'), { ...context, budget, hasStored });
    expect(end).toMatchObject({ state, failure: { code: 'TIMEOUT', retryable: true } });
    expect(end.failure.message).toMatch(words);
  });

  test.each([
    ['57P01', 'UNAVAILABLE'],
    ['40P01', 'CONFLICT'],
  ])('leaves what passes by itself as it is: %s is %s', (code, expected) => {
    expect(describeFailure(driverError(code), context).failure).toMatchObject({ code: expected, retryable: true });
  });
});
