import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { measurementKinds } from '../../schema/kinds/measurements.ts';
import type { UsageStatisticsMeasurement } from '../../schema/observation.ts';
import { toldRows } from '../../src/unify/told-rows.ts';
import { useDatabase } from '../support/database.ts';
import { hours } from './support.ts';

const store = useDatabase();

const usage = (unit: string, logins: number, detail?: object): UsageStatisticsMeasurement => ({
  class: 'measurement',
  kind: 'usageStatistics',
  key: { unit },
  periodStart: hours(0),
  periodEnd: hours(logins),
  values: { users: 1, logins, documentsIn: 0, documentsOut: -3, documentsPassedOn: 4 },
  ...(detail && { detail: detail as never }),
});

test.each([
  ['one row', [usage('A', 1)]],
  [
    'rows that differ in everything',
    [usage('A', 1, { document: 'ngày "27".txt' }), usage('B', 2, { document: 'a\\b' })],
  ],
  ['a detail here and none there', [usage('A', 1), usage('B', 2, { simulated: true }), usage('A', 3)]],
  ['the same detail everywhere', [usage('A', 1, { document: 'đ{,}' }), usage('B', 1, { document: 'đ{,}' })]],
  ['texts that mean something to an array', [usage('NULL', 1), usage('', 2), usage('{x}', 3), usage('a"b\\c', 4)]],
])('%s arrive in the database as they were told, in their order', async (_name, told) => {
  const { rows } = await sql`select * from ${toldRows(measurementKinds.usageStatistics, told)} as t`.execute(
    store.em().getKysely() as never,
  );
  expect(rows).toEqual(
    told.map(({ key, values, periodStart, periodEnd, detail }) => ({
      unit_code: key.unit,
      period_start: periodStart,
      period_end: periodEnd,
      users: values.users,
      logins: values.logins,
      documents_in: values.documentsIn,
      documents_out: values.documentsOut,
      documents_passed_on: values.documentsPassedOn,
      detail: detail ?? null,
    })),
  );
});
