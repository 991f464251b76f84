import { describe, expect, test } from '@jest/globals';
import type { FactObservation, ServiceHealthMeasurement } from '../../schema/observation.ts';
import { lastChangeOf, type VendorSystemRow, vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { createSandboxReader } from './support/sandbox-reader.ts';

const SEED = 2025;
const VENDORS: readonly { id: string; vendor: string; namesOver?: boolean }[] = [
  { id: 'unitech', vendor: 'UNITECH' },
  { id: 'bkav', vendor: 'BKAV' },
  { id: 'minhtue', vendor: 'MINHTUE' },
  { id: 'bt', vendor: 'BT' },
  { id: 'songda10', vendor: 'SONGDA10' },
  { id: 'vnpt', vendor: 'VNPT' },
  { id: 'viettel', vendor: 'VIETTEL' },
  // Names no incident that is over, and gives the time of whatever changed last.
  { id: 'fpt', vendor: 'FPT', namesOver: false },
  { id: 'mobifone', vendor: 'MOBIFONE' },
  { id: 'tandan', vendor: 'TANDAN' },
  { id: 'inet', vendor: 'INET' },
];

/** All that is said of each system, put together. */
function systemsIn(observations: readonly FactObservation[]): Map<string, Record<string, unknown>> {
  const said = new Map<string, Record<string, unknown>>();
  for (const { key, attributes, observedAt, detail } of observations) {
    const id = `${key.province} ${key.system}`;
    const { document = null, simulated } = detail ?? {};
    said.set(id, { ...said.get(id), ...attributes, observedAt, document, simulated });
  }
  return said;
}

/** The last that is said of each system. */
function latestOf(observations: readonly FactObservation[]): FactObservation[] {
  const byTime = observations.toSorted((a, b) => Number(a.observedAt) - Number(b.observedAt));
  return [...new Map(byTime.map((one) => [JSON.stringify(one.key), one])).values()];
}

/** When the last workbook before a moment was written. */
function lastWorkbook(at: string): Date {
  const today = new Date(`${at.slice(0, 10)}T08:15:00+07:00`);
  return today <= new Date(at) ? today : new Date(today.getTime() - 86_400_000);
}

describe.each(VENDORS)('vendor $id', ({ id, vendor, namesOver = true }) => {
  const timeOf = (row: VendorSystemRow): Date => (namesOver ? row.updatedAt : lastChangeOf(row));
  test.each(['2025-06-25T16:00:00+07:00', '2025-06-27T12:15:00+07:00', '2025-07-01T22:00:00+07:00'])(
    'says by %s what it runs and how that fares, in no other shape than it promises',
    async (at) => {
      const reader = await createSandboxReader(id);
      const { pages, observations, rejections, error } = await reader.readAt(at);
      await reader.stop();
      expect(error).toBeUndefined();
      // The file of one vendor has a line that was cut, on the 28th.
      expect(rejections.length).toBe(id === 'minhtue' && at > '2025-06-28' ? 1 : 0);
      expect(pages.flatMap(({ drift }) => drift)).toEqual([]);
      const facts = observations.filter((one): one is FactObservation => one.kind === 'deployment');
      const rows = vendorSystemsAt(vendor, new Date(at), SEED);
      const isOfIncident = ({ attributes }: FactObservation): boolean => 'difficulty' in attributes;
      expect(Object.fromEntries(systemsIn(facts.filter((one) => !isOfIncident(one))))).toEqual(
        Object.fromEntries(
          rows.map((row) => [
            `${row.province} ${row.system}`,
            {
              vendors: [vendor, ...row.partners].sort(),
              status: row.status,
              // Each of them says of every system whether there is one.
              note: row.note ?? null,
              observedAt: timeOf(row),
              document: row.document ?? null,
              simulated: true,
            },
          ]),
        ),
      );
      // The workbook of one vendor is written in the morning.
      const written = id === 'songda10' ? lastWorkbook(at) : new Date(at);
      const incidents = vendorSystemsAt(vendor, written, SEED).map((row) => {
        const { province, system, incident } = row;
        const isOpen = incident?.closedAt === null;
        return {
          key: { province, system },
          attributes: { difficulty: isOpen ? incident.description : null },
          ...(!isOpen && { retract: true }),
          observedAt: isOpen ? incident.openedAt : (namesOver && incident?.closedAt) || timeOf(row),
          detail: { simulated: true },
        };
      });
      const told = latestOf(facts.filter(isOfIncident));
      expect(told).toEqual(expect.arrayContaining(incidents.map((one) => expect.objectContaining(one))));
      expect(told.length).toBe(incidents.length);
      const measured = observations.filter((one): one is ServiceHealthMeasurement => one.kind === 'serviceHealth');
      const expected = vendorHealthAt(vendor, new Date(at), SEED).map(
        ({ province, system, measuredAt, ...values }) => ({
          key: { province, system, vendor },
          measuredAt,
          values,
        }),
      );
      expect(expected.length).toBeGreaterThan(0);
      expect(measured.map(({ key, measuredAt, values }) => ({ key, measuredAt, values }))).toEqual(
        expect.arrayContaining(expected),
      );
      expect(measured.length).toBe(expected.length);
      expect(new Set(measured.map(({ detail }) => detail?.simulated))).toEqual(new Set([true]));
    },
  );
});

test('Unitech claims document management of Khánh Hòa, as the summary does and the appendix does not', async () => {
  const reader = await createSandboxReader('unitech');
  const { observations } = await reader.readAt('2025-06-27T12:15:00+07:00');
  await reader.stop();
  const claims = observations.filter((one) => one.kind === 'deployment' && 'vendors' in one.attributes);
  expect(claims.map(({ key }) => key)).toEqual(
    expect.arrayContaining([
      { province: '48', system: 'QLVB' },
      { province: '56', system: 'QLVB' },
    ]),
  );
});
