import type { FactObservation } from '../../schema/observation.ts';

const PROVINCES = 34;
const OBSERVED_AT = new Date('2025-06-27T05:15:00Z');

/**
 * `count` facts of as many entities: how many of a programme's services a province offers. `round` makes the values
 * differ from those of another round, and the time later. The programmes are invented; the sizes are those of a day of
 * service coverage by commune and service.
 */
export function coverageObservations(count: number, round = 0): FactObservation[] {
  return Array.from({ length: count }, (_, index) => ({
    class: 'fact',
    kind: 'serviceCoverage',
    key: {
      province: String((index % PROVINCES) + 1).padStart(2, '0'),
      programme: `BENCH-${Math.floor(index / PROVINCES)}`,
    },
    observedAt: new Date(OBSERVED_AT.getTime() + round * 1000),
    attributes: { offered: (index + round) % 1000, required: 1000 },
  }));
}
