import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { partyOperationsStandIn } from '../../connectors/party-operations/sandbox.ts';
import { type Truth, truthOf } from '../../connectors/testkit/truth.ts';
import type { UsageStatisticsMeasurement } from '../../schema/observation.ts';
import { loadPartyOperations } from '../../seeds/facts.ts';
import { createSubjectOf, type SubjectInSandbox } from './support/sandbox-subject.ts';

describe('connector party-operations reads the week as the document has it', () => {
  let current: SubjectInSandbox;
  let truth: Truth;
  let rows: readonly UsageStatisticsMeasurement[];
  const of = (unit: string) => rows.find(({ key }) => key.unit === unit);
  beforeAll(async () => {
    current = await createSubjectOf(partyOperationsStandIn);
    truth = await truthOf(current.subject);
    rows = truth.observations as UsageStatisticsMeasurement[];
  });
  afterAll(() => current.sandbox.stop());

  test('63 former provinces with their province of today, 12 central bodies, and the two totals as stated', () => {
    const { provincialUsage, provincialTotals, centralTotals } = loadPartyOperations();
    expect(rows).toHaveLength(63 + 12 + 2);
    expect(new Set(rows.map(({ key }) => key.unit)).size).toBe(77);
    const logins = rows.filter(({ key }) => /^FP-(?!TOTAL$)/.test(key.unit)).map(({ values }) => values.logins);
    expect(logins.reduce((sum, count) => sum + count, 0)).toBe(26_033);
    expect(new Set(rows.map(({ province }) => province).filter(Boolean))).toEqual(
      new Set(provincialUsage.map(({ province }) => province)),
    );
    expect(of('FP-TOTAL')?.values.logins).toBe(provincialTotals.logins);
    expect(of('CB-TOTAL')?.values).toMatchObject({ users: centralTotals.usersLoggedIn, logins: 2_078 });
  });

  test('a unit by the code that follows from its name, over the whole of the last day', () => {
    expect(of('FP-BA-RIA-VUNG-TAU')).toMatchObject({
      province: '79',
      periodStart: new Date('2025-06-13T00:00:00+07:00'),
      periodEnd: new Date('2025-06-20T00:00:00+07:00'),
      detail: { document: '004_fa2bf9ec2f98880c.txt' },
    });
    expect(of('CB-DANG-UY-CONG-AN-TRUNG-UONG')?.values).toMatchObject({ users: 1, logins: 1 });
    expect(of('FP-GIA-LAI')).toMatchObject({ values: { users: 98 }, detail: { inferred: true } });
  });

  test('later weeks are not there, and are remembered as missing', () => {
    expect(truth.checkpoints.usage).toMatchObject({
      memory: { lastDay: '2025-06-13', missing: ['2025-06-20', '2025-06-27'] },
    });
  });
});
