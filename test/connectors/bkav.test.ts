import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSandboxReader, type SandboxReader } from './support/sandbox-reader.ts';

const AT = '2025-06-30T12:15:00+07:00';

describe('Bkav', () => {
  let reader: SandboxReader;
  beforeEach(async () => {
    reader = await createSandboxReader('bkav');
  });
  afterEach(() => reader.stop());
  const calls = () => reader.sandbox.control.calls('bkav');

  test('is read page by page through relative links, six reports in three', async () => {
    const { pages, observations } = await reader.readAt(AT);
    const health = pages.filter(({ stream, raw }) => stream === 'health' && raw);
    expect(health.map(({ read }) => read)).toEqual([2, 2, 2]);
    expect(health.at(-1)?.raw?.request.path).toContain('/bkav/api/v2/health-reports?');
    expect(observations.filter(({ kind }) => kind === 'serviceHealth')).toHaveLength(6);
  });

  test('keeps one session over many runs, refreshes it at its end, and logs in where everything is dead', async () => {
    await reader.readAt(AT);
    await reader.readAt(AT);
    expect(calls().signIn).toBe(1);
    // The hub reckons with the time that passes for itself, so the upstream refuses the token first.
    expect((await reader.readAt('2025-06-30T13:15:00+07:00')).error).toBeUndefined();
    expect(calls().signIn).toBe(2);
    const expired = await reader.readAt('2025-07-01T22:00:00+07:00');
    expect([expired.error, calls().signIn]).toEqual([undefined, 4]);
  });
});
