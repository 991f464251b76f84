import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { minhtueConnector } from '../../connectors/minhtue/connector.ts';
import { createBench } from './support/contexts.ts';
import { createSandboxReader, type SandboxReader } from './support/sandbox-reader.ts';

describe('Minh Tuệ', () => {
  let reader: SandboxReader;
  beforeEach(async () => {
    reader = await createSandboxReader('minhtue');
  });
  afterEach(() => reader.stop());
  const measured = ({ observations }: Awaited<ReturnType<SandboxReader['readAt']>>): string[] =>
    observations.flatMap((one) => (one.kind === 'serviceHealth' ? [one.measuredAt.toISOString()] : []));

  test('packs its files, and says "not modified" where nothing has changed', async () => {
    const first = await reader.readAt('2025-06-27T12:15:00+07:00');
    const again = await reader.readAt('2025-06-27T20:00:00+07:00', first.checkpoints);
    expect([again.error, again.observations, again.complete]).toEqual([undefined, [], []]);
    expect(first.complete).toEqual(['systems']);
    const nextDay = await reader.readAt('2025-06-28T12:00:00+07:00', again.checkpoints);
    expect(measured(nextDay)).toContain('2025-06-28T01:00:00.000Z');
    // An incident of the night: the file of systems has changed.
    expect(nextDay.observations).toContainEqual(
      expect.objectContaining({
        key: { province: '48', system: 'LGSP' },
        attributes: { difficulty: 'Một số tài khoản cấp xã chưa đăng nhập được, đang rà soát phân quyền.' },
        observedAt: new Date('2025-06-28T04:34:00+07:00'),
      }),
    );
  });

  test('a line that was cut in half is rejected as it is, and the rest goes on', async () => {
    const { rejections, observations, error } = await reader.readAt('2025-06-29T12:00:00+07:00');
    expect(error).toBeUndefined();
    expect(rejections).toEqual([
      expect.objectContaining({ stream: 'health', reason: 'is no whole line of JSON', record: expect.any(String) }),
    ]);
    expect(String(rejections[0]?.record)).toMatch(/^\{"cua":\{"tinh":"48","heThong":"LGSP"\},"luc":"2025-06-28/);
    expect(observations.filter(({ kind }) => kind === 'serviceHealth')).toHaveLength(5);
  });

  test('a file that is still being written gives what is there, is no rejection, and is read again', async () => {
    const before = await reader.readAt('2025-06-27T07:00:00+07:00');
    expect(measured(before)).toEqual(['2025-06-25T01:00:00.000Z', '2025-06-26T01:00:00.000Z']);
    const during = await reader.readAt('2025-06-27T07:58:00+07:00', before.checkpoints);
    expect(during.error).toMatchObject({
      code: 'UPSTREAM_TRANSIENT',
      userMessage: expect.stringMatching(/being written/),
    });
    expect([measured(during), during.rejections]).toEqual([measured(before), []]);
    const after = await reader.readAt('2025-06-27T08:00:00+07:00', during.checkpoints);
    expect([after.error, measured(after)]).toEqual([undefined, [...measured(before), '2025-06-27T01:00:00.000Z']]);
  });

  test('asks for a certificate where its source says so', async () => {
    const bench = createBench('https://127.0.0.1:1', { config: { mutualTls: true } });
    const { code, message } = await minhtueConnector.check(bench.context);
    bench.shared.close();
    expect(code).toBe('UPSTREAM_CONFIGURATION');
    for (const name of ['certificate', 'privateKey', 'authority']) expect(message).toContain(name);
  });
});
