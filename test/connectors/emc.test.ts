import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { emcConnector } from '../../connectors/emc/connector.ts';
import type { StoredRaw } from '../../connectors/kit/connector.ts';
import { AnswerBody } from '../../connectors/kit/http/answer-body.ts';
import type { Sandbox } from '../../connectors/sandbox.ts';
import type { SuiteSubject } from '../../connectors/testkit/connector-suite.ts';
import { type ReadResult, readAll } from '../../connectors/testkit/read-all.ts';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { DossierStatisticsMeasurement } from '../../schema/observation.ts';
import { loadProvinces } from '../../seeds/facts.ts';
import { communeDossiersOf, dossiersOf, essentialServices } from '../../seeds/june/dossiers.ts';
import { createBench } from './support/contexts.ts';
import { createSubject } from './support/sandbox-subject.ts';

const at = (day: string, time: string): Date => new Date(`${day}T${time}:00+07:00`);
const keyOf = (row: { province: string; procedure: string }): string => `${row.province} ${row.procedure}`;

describe('dossiers of a day, as the sandbox has them', () => {
  const moments = ['08:00', '12:00', '17:00'].map((time) => at('2025-06-26', time));
  const days = moments.map((moment) => dossiersOf('2025-06-26', moment, 7));

  test('are of every province and service, and none before the offices open', () => {
    expect(dossiersOf('2025-06-26', at('2025-06-26', '06:59'), 7)).toEqual([]);
    expect(new Set(days[0]?.map(keyOf)).size).toBe(34 * 25);
  });

  test('grow through the day and after it, and never say more online than in all', () => {
    const closed = dossiersOf('2025-06-26', at('2025-06-27', '12:00'), 7);
    for (const [earlier, later] of [...days.slice(1), closed].map((one, index) => [days[index] ?? [], one] as const)) {
      for (const [index, row] of later.entries()) {
        expect(row.received).toBeGreaterThanOrEqual(earlier[index]?.received ?? 0);
        expect(row.online).toBeLessThanOrEqual(row.received);
      }
    }
  });

  test('are corrected once after they are closed: late ones that counted as in time', () => {
    const closed = dossiersOf('2025-06-26', at('2025-06-27', '14:59'), 7);
    const corrected = dossiersOf('2025-06-26', at('2025-06-27', '15:00'), 7);
    const changed = corrected.filter((row, index) => row.overdue !== closed[index]?.overdue);
    expect(changed.length).toBeGreaterThan(0);
    for (const row of changed) {
      const before = closed.find((one) => keyOf(one) === keyOf(row));
      expect([row.received, row.onTime + row.overdue]).toEqual([
        before?.received,
        (before?.onTime ?? 0) + (before?.overdue ?? 0),
      ]);
      expect(row.overdue).toBeGreaterThan(before?.overdue ?? 0);
    }
    expect(dossiersOf('2025-06-26', at('2025-06-29', '00:00'), 7)).toEqual(corrected);
  });

  test('of the communes add up to those of the province, figure by figure', () => {
    const moment = at('2025-06-26', '16:00');
    const sums = new Map<string, number[]>();
    const communes = communeDossiersOf('2025-06-26', moment, 7);
    for (const row of communes) {
      expect(row.online).toBeLessThanOrEqual(row.received);
      const [received = 0, online = 0, onTime = 0, overdue = 0] = sums.get(keyOf(row)) ?? [];
      const sum = [received + row.received, online + row.online, onTime + row.onTime, overdue + row.overdue];
      sums.set(keyOf(row), sum);
    }
    const stated = dossiersOf('2025-06-26', moment, 7).map((row): [string, number[]] => [
      keyOf(row),
      [row.received, row.online, row.onTime, row.overdue],
    ]);
    expect(sums).toEqual(new Map(stated));
    const count = loadProvinces().provinces.reduce((sum, { communeCount }) => sum + communeCount, 0);
    expect(communes).toHaveLength(count * essentialServices.length);
  });
});

describe('connector emc', () => {
  let subject: SuiteSubject;
  let sandbox: Sandbox;
  beforeAll(async () => {
    ({ subject, sandbox } = await createSubject('emc', '2025-06-27T12:15:00+07:00', []));
  });
  afterAll(() => sandbox.stop());

  const readAt = async (
    moment: Date,
    checkpoints: Readonly<Record<string, Json>> = {},
    config: Record<string, Json> = {},
  ): Promise<ReadResult> => {
    subject.setTime(moment);
    const bench = createBench('', {
      config: { ...(subject.config as Record<string, Json>), ...config },
      credentials: subject.credentials,
      domainClock: subject.domainClock,
      checkpoints,
    });
    const result = await readAll(emcConnector, bench.context);
    bench.shared.close();
    expect([result.error, result.rejections]).toEqual([undefined, []]);
    return result;
  };
  const figures = ({ observations }: ReadResult) => observations as readonly DossierStatisticsMeasurement[];
  const daysOf = (result: ReadResult) => [...new Set(figures(result).map(({ day }) => day.toISOString()))].sort();
  const startOf = (day: string) => at(day, '00:00').toISOString();

  test('reads by name what stands in other columns each day', async () => {
    const headers = ['2025-06-25', '2025-06-26'].map(async (day) => {
      const authorization = `Basic ${Buffer.from(Object.values(subject.credentials).join(':')).toString('base64')}`;
      const answer = await fetch(`${sandbox.baseUrls.emc}/do-luong/${day}.csv`, { headers: { authorization } });
      return (await answer.text()).split('\r\n')[0] ?? '';
    });
    const [first = '', second = ''] = await Promise.all(headers);
    expect(first).not.toBe(second);
    expect(first.split(',').sort()).toEqual(second.split(',').sort());

    const moment = at('2025-06-27', '12:15');
    const result = await readAt(moment);
    const held = ['2025-06-25', '2025-06-26', '2025-06-27'].flatMap((day) =>
      dossiersOf(day, moment, 2025).map(({ province, procedure, commune: _none, ...values }) => ({
        key: { province, procedure },
        day: at(day, '00:00'),
        values,
        detail: { simulated: true },
      })),
    );
    expect(figures(result).map(({ key, day, values, detail }) => ({ key, day, values, detail }))).toEqual(held);
  });

  test('asks again for today and yesterday, so that growth and corrections are seen, and not for what is closed', async () => {
    const first = await readAt(at('2025-06-27', '12:15'));
    const second = await readAt(at('2025-06-27', '16:00'), first.checkpoints);
    expect(daysOf(second)).toEqual([startOf('2025-06-26'), startOf('2025-06-27')]);
    const changedOn = (day: string) => {
      const before = new Map(figures(first).map((one) => [JSON.stringify([one.key, one.day]), one.values]));
      return figures(second).filter((one) => {
        const known = before.get(JSON.stringify([one.key, one.day]));
        return one.day.toISOString() === startOf(day) && JSON.stringify(known) !== JSON.stringify(one.values);
      }).length;
    };
    expect(changedOn('2025-06-26')).toBeGreaterThan(0);
    expect(changedOn('2025-06-27')).toBeGreaterThan(500);
  });

  test('a day whose file is not there yet is asked for again', async () => {
    const early = await readAt(at('2025-06-27', '06:00'));
    expect(daysOf(early)).toEqual([startOf('2025-06-25'), startOf('2025-06-26')]);
    expect(early.checkpoints.dossiers).toMatchObject({ memory: { lastDay: '2025-06-26', missing: ['2025-06-27'] } });
    const later = await readAt(at('2025-06-27', '09:00'), early.checkpoints);
    expect(daysOf(later)).toContain(startOf('2025-06-27'));
  });

  test('brings the communes where it is asked to, in pages of a large answer, each with its code', async () => {
    const moment = at('2025-06-25', '09:00');
    const result = await readAt(moment, {}, { level: 'commune' });
    expect(result.pages.length).toBeGreaterThan(10);
    expect(figures(result)).toHaveLength(communeDossiersOf('2025-06-25', moment, 2025).length);
    expect(figures(result)[0]?.key).toMatchObject({
      province: expect.any(String),
      commune: expect.stringMatching(/-001$/),
    });
  });

  test('reads a file that was kept again without asking for it, its number of rows included', async () => {
    subject.setTime(at('2025-06-25', '12:00'));
    const { config, credentials, domainClock } = subject;
    const bench = createBench('', { config: config as never, credentials, domainClock });
    const kept: StoredRaw[] = [];
    for await (const { raw, requestedAt, domainRequestedAt } of emcConnector.read(bench.context)) {
      if (!raw) continue;
      const body = AnswerBody.of(await raw.body.buffer());
      kept.push({ headers: raw.headers, body, requestedAt, domainRequestedAt });
    }
    const { data } = sandbox.control.calls('emc');
    const pages = await Array.fromAsync(
      emcConnector.replay(bench.context, 'dossiers', Readable.from(kept) as AsyncIterable<StoredRaw>),
    );
    bench.shared.close();
    expect(pages.flatMap(({ observations }) => observations)).toHaveLength(34 * 25);
    expect(sandbox.control.calls('emc').data).toBe(data);
  });

  test('rejects a row of another day than its file is of', async () => {
    const { context, shared } = createBench('http://127.0.0.1:1', { credentials: subject.credentials });
    const rows = ['2025-06-25', '2052-06-25', '2025-06-25'].map((day, nth) => `${day},01,,1.99000${nth},1,0,0,0`);
    const text = ['ngay,ma_tinh,ma_xa,ma_tthc,tiep_nhan,truc_tuyen,dung_han,qua_han', ...rows].join('\n');
    const at = new Date('2025-06-26T00:00:00Z');
    const kept: StoredRaw = {
      headers: { 'content-type': 'text/csv', 'x-tong-so-dong': '3' },
      body: AnswerBody.of(Buffer.from(text)),
      requestedAt: at,
      domainRequestedAt: at,
    };
    const [page] = await Array.fromAsync(
      emcConnector.replay(context, 'dossiers', Readable.from([kept]) as AsyncIterable<StoredRaw>),
    );
    shared.close();
    expect(page?.observations).toHaveLength(2);
    expect(page?.rejections).toMatchObject([{ path: 'ngay', reason: 'is of 2052-06-25, in the file of 2025-06-25' }]);
  });

  test('rejects a row with more online than in all', async () => {
    const { context } = createBench('http://127.0.0.1:1', { credentials: subject.credentials });
    const [rejected] = await emcConnector.convertRejected(context)('dossiers', [
      {
        ngay: '2025-06-25',
        ma_tinh: '01',
        ma_xa: '',
        ma_tthc: '1.990001',
        tiep_nhan: '1',
        truc_tuyen: '2',
        dung_han: '0',
        qua_han: '0',
      },
    ]);
    expect(rejected).toMatchObject({ rejection: { path: 'truc_tuyen', reason: 'more came in online than in all' } });
  });
});
