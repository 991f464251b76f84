import { timesOf } from '../../schema/kinds/measurements.ts';
import type { Observation } from '../../schema/observation.ts';

/**
 * Notices that a list moved while its pages were read: then something that an earlier page had comes again on a later
 * one, and something else was passed over. Doubles within one page are harmless.
 */
export class MoveDetector {
  hasMoved = false;
  private readonly earlier = new Set<string>();

  /** Takes note of what a page says. */
  add(observations: readonly Observation[]): void {
    const subjects = observations.map(subjectOf);
    if (subjects.some((subject) => this.earlier.has(subject))) this.hasMoved = true;
    for (const subject of subjects) this.earlier.add(subject);
  }
}

/** What an observation is about: the same thing at another time, as in a document a day, is another subject. */
function subjectOf(observation: Observation): string {
  const { kind, key } = observation;
  if (observation.class === 'measurement') return JSON.stringify([kind, key, timesOf(observation)]);
  const { voice, attributes, observedAt, revision } = observation;
  return JSON.stringify([kind, key, voice, Object.keys(attributes), observedAt, revision]);
}
