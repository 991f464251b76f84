import type { MeasurementKind } from '../../schema/kinds/measurement-kind.ts';
import { measurementKinds, timesOf } from '../../schema/kinds/measurements.ts';
import type { Measurement, Observation } from '../../schema/observation.ts';
import { partitionOf } from '../unify/measurement-partitions.ts';
import type { Fault } from './prepare-observation.ts';

/** Each day of dossiers, and each month of other figures, is a table of its own. */
const MAX_PERIODS = 62;

/**
 * Bounds how many tables the records of one page or delivery may call for: a column of days that is broken would make
 * thousands. What it speaks of first is taken, what goes beyond is refused.
 */
export class PeriodBound {
  readonly #moments = new Map<string, Set<number>>();
  readonly #periods = new Map<string, Set<string>>();

  check(observations: readonly Observation[]): Fault | undefined {
    for (const observation of observations) {
      const fault = observation.class === 'measurement' ? this.#checkOne(observation) : undefined;
      if (fault) return fault;
    }
    return undefined;
  }

  #checkOne(measurement: Measurement): Fault | undefined {
    const kind: MeasurementKind = measurementKinds[measurement.kind];
    const [path, moment] = timesOf(measurement)[0] as [string, Date];
    const known = this.#moments.get(kind.name) ?? new Set();
    // Nearly all of a page are of one moment.
    if (known.has(moment.getTime())) return undefined;
    const periods = this.#periods.get(kind.name) ?? new Set();
    const { name } = partitionOf(kind, moment);
    if (!periods.has(name) && periods.size >= MAX_PERIODS) {
      return { reason: `${MAX_PERIODS} ${kind.partitions}s at a time are taken, and this is one more`, path };
    }
    this.#periods.set(kind.name, periods.add(name));
    this.#moments.set(kind.name, known.add(moment.getTime()));
    return undefined;
  }
}
