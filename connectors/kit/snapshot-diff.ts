import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Observation } from '../../schema/observation.ts';

/** What a stream remembers of the snapshot before. */
export const snapshotMemory = z.object({
  /** When everything was last passed on, in a walk that brought all; hub time. */
  fullAt: z.iso.datetime().optional(),
  /** Of what was said: hash of its subject, and hash of all of it. */
  hashes: z.record(z.string(), z.string()),
});
export type SnapshotMemory = z.infer<typeof snapshotMemory>;

export interface DiffCounts {
  readonly added: number;
  readonly amended: number;
  readonly unchanged: number;
  /** Said by the snapshot before and not by this one; known only at the end of one that brought all. */
  readonly withdrawn: number;
}

/** Remembered statements; a list that says more is passed on in full each time. About 300 KiB in the checkpoint. */
const MAX_REMEMBERED = 10_000;

/**
 * Compares a snapshot with the one before, for an upstream that cannot say what has changed: what is said again in the
 * same words is not passed on. That alone would let facts turn stale, and what is withdrawn would never be seen absent, so
 * now and then, and in the read after something was withdrawn, everything is passed on: only such a read tells of absence.
 */
export class SnapshotDiff {
  /** Whether everything is passed on. */
  readonly isFull: boolean;
  private readonly before: Readonly<Record<string, string>>;
  private readonly fullAt: string | undefined;
  private readonly now: Record<string, string> = {};
  private readonly counts = { added: 0, amended: 0, unchanged: 0 };

  /** `canSkip`: false where the read goes on from the midst of a list, of which no more is known than its pages. */
  constructor(memory: SnapshotMemory | undefined, options: { refreshAfterMs: number; now: Date; canSkip: boolean }) {
    this.before = memory?.hashes ?? {};
    this.fullAt = memory?.fullAt;
    const ageMs =
      this.fullAt === undefined ? Number.POSITIVE_INFINITY : options.now.getTime() - Date.parse(this.fullAt);
    this.isFull = !options.canSkip || ageMs >= options.refreshAfterMs;
  }

  /** What of a page is passed on. Records that were rejected are not among it, so they come again. */
  take(observations: readonly Observation[]): Observation[] {
    return observations.filter((observation) => {
      const subject = hashOf(subjectOf(observation));
      const words = hashOf(JSON.stringify(observation));
      const known = this.now[subject] ?? this.before[subject];
      this.now[subject] = words;
      const change = known === undefined ? 'added' : known === words ? 'unchanged' : 'amended';
      this.counts[change] += 1;
      return this.isFull || change !== 'unchanged';
    });
  }

  /** What to remember while the walk goes on: a page that is stored is not passed on again for nothing. */
  memory(): SnapshotMemory {
    return bounded({
      ...(this.fullAt !== undefined && { fullAt: this.fullAt }),
      hashes: { ...this.before, ...this.now },
    });
  }

  /** What to remember after the walk. `isWhole`: all that there is came, in this walk. `startedAt`: of the walk, hub time. */
  end(isWhole: boolean, startedAt: Date): { readonly memory: SnapshotMemory; readonly counts: DiffCounts } {
    if (!isWhole) return { memory: this.memory(), counts: { ...this.counts, withdrawn: 0 } };
    const withdrawn = Object.keys(this.before).filter((subject) => !Object.hasOwn(this.now, subject)).length;
    const fullAt = this.isFull ? startedAt.toISOString() : withdrawn > 0 ? undefined : this.fullAt;
    const memory = bounded({ ...(fullAt !== undefined && { fullAt }), hashes: this.now });
    return { memory, counts: { ...this.counts, withdrawn } };
  }
}

function bounded(memory: SnapshotMemory): SnapshotMemory {
  return Object.keys(memory.hashes).length > MAX_REMEMBERED ? { hashes: {} } : memory;
}

/** A line of statements: what is spoken of, and with which attributes. */
function subjectOf(observation: Observation): string {
  const { kind, key } = observation;
  if (observation.class === 'measurement') return JSON.stringify([kind, key]);
  return JSON.stringify([kind, key, observation.voice, Object.keys(observation.attributes)]);
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 12);
