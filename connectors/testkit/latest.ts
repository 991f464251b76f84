import { timesOf } from '../../schema/kinds/measurements.ts';
import type { Observation } from '../../schema/observation.ts';
import { textOf } from './read-all.ts';

/** What an observation speaks of: the thing, the attributes or the period, and the voice. */
export function laneOf(observation: Observation): string {
  const { kind, key } = observation;
  if (observation.class === 'measurement') return JSON.stringify([kind, key, timesOf(observation)]);
  return JSON.stringify([kind, key, Object.keys(observation.attributes).sort(), observation.voice ?? '']);
}

/** Of each lane what was said last: by the upstream's time, then its revision, then the order of reading. */
export class Latest {
  private readonly said = new Map<string, Observation>();

  add(observations: readonly Observation[]): this {
    for (const observation of observations) {
      const lane = laneOf(observation);
      const known = this.said.get(lane);
      if (!known || isNoOlder(observation, known)) this.said.set(lane, observation);
    }
    return this;
  }

  all(): Observation[] {
    return [...this.said.values()];
  }

  /** Whether it was the last to be said in its lane, in these words. */
  holds(observation: Observation): boolean {
    const said = this.said.get(laneOf(observation));
    return said !== undefined && textOf(said) === textOf(observation);
  }
}

function isNoOlder(one: Observation, other: Observation): boolean {
  const [time, revision] = orderOf(one);
  const [otherTime, otherRevision] = orderOf(other);
  return time > otherTime || (time === otherTime && revision >= otherRevision);
}

function orderOf(observation: Observation): [time: number, revision: number] {
  if (observation.class === 'measurement') return [0, 0];
  return [observation.observedAt?.getTime() ?? Number.POSITIVE_INFINITY, observation.revision ?? 0];
}
