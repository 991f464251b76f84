import { describe, expect, test } from '@jest/globals';
import { DAY_MS, OLD, systems, useMendableHub } from './mendable-hub.ts';
import type { Mending } from './mendable-source.ts';

const MENDED: Mending = { version: '2', codes: { '1': 'READY', '2': 'OPERATING' }, isLenient: true };
const { all, answers, now, pass, read, retry, statuses } = useMendableHub();

describe('rejections that are tried again', () => {
  test('are settled where the mended contract takes them, as of when they were rejected; others get the reason of today', async () => {
    answers['/systems'] = systems({ province: '01' }, { province: '04', status: 7 as never });
    await read(OLD);
    pass(DAY_MS);
    const outcome = await retry(MENDED);
    expect(outcome).toMatchObject({ state: 'PARTIAL', counts: { read: 2, accepted: 1, rejected: 1 } });
    expect(await statuses()).toEqual([{ province: '01', status: 'READY' }]);
    expect(await all('select observed_from from observation')).toEqual([
      { observed_from: new Date('2025-06-27T05:15:00Z') },
    ]);
    expect(await all('select path, contract_version, settled_at, settled_by_run from rejection order by id')).toEqual([
      { path: 'status', contract_version: '1', settled_at: now(), settled_by_run: outcome.runId },
      { path: 'status', contract_version: '2', settled_at: null, settled_by_run: null },
    ]);
    const again = await retry(MENDED);
    expect(again.counts).toMatchObject({ read: 1, accepted: 0, rejected: 1, changes: 0 });
  });

  test('are only those that are asked for', async () => {
    answers['/systems'] = systems({ province: '01' }, { province: '04' });
    await read(OLD);
    const [first] = (await all('select id from rejection order by id')) as [{ id: number }];
    expect(await retry(MENDED, { ids: [first.id] })).toMatchObject({
      state: 'SUCCEEDED',
      counts: { read: 1, accepted: 1 },
    });
    // Known before it begins, so that it can say how far it has got.
    expect(await all(`select total, percent from sync_run where trigger = 'replay'`)).toEqual([
      { total: 1, percent: 100 },
    ]);
    expect(await statuses()).toEqual([{ province: '01', status: 'READY' }]);
  });

  test('are taken too where it was the hub that did not know what they are about', async () => {
    answers['/systems'] = systems({ province: '99', status: '1', at: '2025-06-27T01:00:00Z' });
    expect(await read(OLD)).toMatchObject({ state: 'PARTIAL', counts: { rejected: 1 } });
    await all(
      `insert into province select (jsonb_populate_record(p, '{"code": "99"}')).* from province p where code = '01'`,
    );
    expect(await retry(OLD)).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 1 } });
    expect(await statuses()).toEqual([{ province: '99', status: 'READY' }]);
    await all(`delete from province where code = '99'`);
  });

  test('say of a record that was cut that only its answer can be replayed', async () => {
    answers['/systems'] = systems({ province: 'x'.repeat(20_000) });
    await read(OLD);
    expect(await retry(MENDED)).toMatchObject({ counts: { rejected: 1, accepted: 0 } });
    expect(await all('select reason from rejection')).toEqual([
      { reason: expect.stringMatching(/replay the stored answers/) },
    ]);
  });
});
