import { timesOf } from '../../schema/kinds/measurements.ts';
import type { Observation } from '../../schema/observation.ts';
import { type ReadResult, textOf } from './read-all.ts';

/** What an observation speaks of: the thing, the attributes or the period, and the voice. */
export function laneOf(observation: Observation): string {
  const { kind, key } = observation;
  if (observation.class === 'measurement') return JSON.stringify([kind, key, timesOf(observation)]);
  return JSON.stringify([kind, key, Object.keys(observation.attributes).sort(), observation.voice ?? '']);
}

/** Of each lane what was said last: by the upstream's time, then its revision, then the order of reading. */
export class Latest {
  private readonly said = new Map<string, Observation>();
  /** Of each stream, the lanes that it has spoken of. */
  private readonly lanes = new Map<string, ReadonlySet<string>>();

  add(observations: readonly Observation[]): this {
    for (const observation of observations) {
      const lane = laneOf(observation);
      const known = this.said.get(lane);
      if (!known || isNoOlder(observation, known)) this.said.set(lane, observation);
    }
    return this;
  }

  /** Takes in a run: what a whole snapshot in it does not name is not held any more. */
  addRun({ pages, complete }: Pick<ReadResult, 'pages' | 'complete'>): this {
    for (const [stream, ofStream] of Map.groupBy(pages, (page) => page.stream)) {
      const observations = ofStream.flatMap((page) => page.observations);
      this.add(observations);
      const named = new Set(observations.map(laneOf));
      const earlier = [...(this.lanes.get(stream) ?? [])];
      const isWhole = complete.includes(stream);
      for (const lane of isWhole ? earlier : []) if (!named.has(lane)) this.said.delete(lane);
      this.lanes.set(stream, isWhole ? named : new Set([...earlier, ...named]));
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
