import type { DossierStatisticsMeasurement } from '../../schema/observation.ts';
import { loadProvinces } from '../../seeds/facts.ts';

/** Services that a portal counts by commune: programme 982. */
const SERVICES = 982;
/** Of a quick run: a commune in this many. */
const QUICK_SHARE = 40;

/** The rows of one commune: figures made up, the same each time. */
export interface CommuneRows {
  readonly province: string;
  /** Made up: the documents give counts of communes, no codes. */
  readonly commune: string;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly procedure: string;
  readonly received: number;
  readonly online: number;
  readonly onTime: number;
  readonly overdue: number;
}

/** How many rows a day has: 3,321 communes times 982 services. */
export function countOfDay(isQuick: boolean): number {
  return communes(isQuick).length * SERVICES;
}

/** The day, commune by commune, so that it never stands in memory as a whole. */
export function* communesOfDay(isQuick: boolean): Generator<CommuneRows> {
  const procedures = Array.from({ length: SERVICES }, (_, index) => `1.${String(index + 10_001).padStart(6, '0')}`);
  for (const [index, { province, commune }] of communes(isQuick).entries()) {
    const rows = procedures.map((procedure, service) => {
      const received = (index * 31 + service * 17) % 40;
      const online = (received * 3) >> 2;
      return { procedure, received, online, onTime: received - (received >> 3), overdue: received >> 3 };
    });
    yield { province, commune, rows };
  }
}

/** What the connector makes of them. */
export function measurementsOf({ province, commune, rows }: CommuneRows, day: Date): DossierStatisticsMeasurement[] {
  return rows.map(({ procedure, ...values }) => ({
    class: 'measurement',
    kind: 'dossierStatistics',
    key: { province, commune, procedure },
    day,
    values,
    detail: { simulated: true },
  }));
}

function communes(isQuick: boolean): { province: string; commune: string }[] {
  const all = loadProvinces().provinces.flatMap(({ code, communeCount }) =>
    Array.from({ length: communeCount }, (_, index) => ({
      province: code,
      commune: `${code}-${String(index + 1).padStart(3, '0')}`,
    })),
  );
  return isQuick ? all.filter((_, index) => index % QUICK_SHARE === 0) : all;
}
