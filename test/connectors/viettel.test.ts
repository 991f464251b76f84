import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { read } from '../../connectors/testkit/suite-bench.ts';
import { createSubject, type SubjectInSandbox } from './support/sandbox-subject.ts';

const AT = '2025-06-27T12:15:00+07:00';

describe('Viettel, whose requests are signed with the time', () => {
  let viettel: SubjectInSandbox;
  beforeAll(async () => {
    viettel = await createSubject('viettel', AT, []);
  });
  afterAll(() => viettel.sandbox.stop());

  /** What a hub reads whose clock differs so much from Viettel's. */
  const readWith = (offMinutes: number) => {
    const now = new Date(new Date(AT).getTime() + offMinutes * 60_000);
    return read({ ...viettel.subject, domainClock: { now: () => now } });
  };

  test.each([-4, 4])('takes a clock that is %d min off', async (offMinutes) => {
    const { error, observations } = await readWith(offMinutes);
    expect(error).toBeUndefined();
    expect(observations.length).toBeGreaterThan(0);
  });

  test.each([-6, 6, 60])(
    'refuses a clock that is %d min off, and the run says what is to be done',
    async (offMinutes) => {
      const { error, observations } = await readWith(offMinutes);
      expect(error).toMatchObject({
        code: 'UPSTREAM_SYSTEM',
        userMessage: "Viettel's clock and ours are more than 5 min apart; one of them has to be set.",
      });
      expect(observations).toEqual([]);
    },
  );
});
