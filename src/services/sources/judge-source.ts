import { nextTurn } from '../../lib/schedule.ts';

export type SourceStatus = 'ACTIVE' | 'PAUSED' | 'OFF';
export type SourceHealth = 'OK' | 'PARTIAL' | 'LATE' | 'FAILING' | 'NEVER_READ' | 'PAUSED' | 'OFF';

/** What is known of a source; times are of the hub clock. Runs of a voice are those of the source that delivers it. */
export interface SourceFacts {
  readonly kind: string;
  readonly enabled: boolean;
  readonly schedule: string | null;
  readonly ttlSeconds: number | null;
  readonly pausedAt: Date | null;
  /** The newest run that ended by itself; null for none. */
  readonly lastEnded: {
    readonly state: string;
    readonly at: Date;
    readonly message: string | null;
    readonly read: number;
    readonly rejected: number;
  } | null;
  /** The newest run that read what there was, records that were rejected aside. */
  readonly lastSuccess: { readonly startedAt: Date; readonly finishedAt: Date } | null;
  /** Runs that failed in a row, up to now. */
  readonly failures: number;
  readonly lastHeardAt: Date | null;
}

export interface Judgement {
  readonly status: SourceStatus;
  readonly health: SourceHealth;
  /** For people: why it is so, and since when. */
  readonly healthReason: string;
  /** Seconds since the run was due that should have followed the last success; 0 in time, null where none is due. */
  readonly lagSeconds: number | null;
}

/** A run may take its time, and so may a queue; what is later than this is late. */
const LEAST_PATIENCE_MS = 30_000;
const MOST_PATIENCE_MS = 15 * 60_000;

/** How a source stands, by what is known of it. Pure. */
export function judgeSource(facts: SourceFacts, now: Date): Judgement {
  const due = dueTurn(facts);
  const lagMs = due && Math.max(0, now.getTime() - due.at.getTime());
  const lagSeconds = lagMs === null ? null : Math.round(lagMs / 1_000);
  const status = !facts.enabled ? 'OFF' : facts.pausedAt ? 'PAUSED' : 'ACTIVE';
  const isLate = due !== null && lagMs !== null && lagMs > due.patienceMs;
  return { status, lagSeconds, ...healthOf(facts, status, isLate, now) };
}

function healthOf(
  facts: SourceFacts,
  status: SourceStatus,
  isLate: boolean,
  now: Date,
): Pick<Judgement, 'health' | 'healthReason'> {
  const { kind, pausedAt, lastEnded, lastSuccess, failures, lastHeardAt } = facts;
  const since = lastSuccess ? `; last read ${lastSuccess.finishedAt.toISOString()}` : '; never read yet';
  const sent = lastHeardAt ? `; last sent ${lastHeardAt.toISOString()}` : '; nothing was ever sent';
  if (status === 'OFF') return { health: 'OFF', healthReason: 'Switched off: the sources file no longer names it.' };
  if (kind === 'operator') return { health: 'OK', healthReason: 'Corrections by operators; nothing is read.' };
  if (status === 'PAUSED') {
    return {
      health: 'PAUSED',
      healthReason: `Paused since ${pausedAt?.toISOString()}${kind === 'push' ? sent : since}.`,
    };
  }
  if (lastEnded?.state === 'FAILED') {
    const times = failures > 1 ? `The last ${failures} runs failed` : 'The last run failed';
    return { health: 'FAILING', healthReason: `${times}: ${lastEnded.message ?? 'no reason was kept'}` };
  }
  if (kind === 'push') return healthOfPushed(facts, now);
  if (!lastEnded && !lastSuccess && !lastHeardAt)
    return { health: 'NEVER_READ', healthReason: 'No run has ended yet.' };
  if (isLate) return { health: 'LATE', healthReason: `${lateReason(facts)}${since}.` };
  if (lastEnded?.state === 'PARTIAL') return { health: 'PARTIAL', healthReason: partialReason(lastEnded) };
  return { health: 'OK', healthReason: `Read ${(lastSuccess?.finishedAt ?? lastHeardAt)?.toISOString()}.` };
}

/** It may be asked in time and never come to its end. */
function lateReason({ schedule, lastEnded }: SourceFacts): string {
  const unfinished = lastEnded?.state === 'PARTIAL' && lastEnded.message;
  return unfinished ? `${unfinished} It has not been read to its end in time` : `Its next run is overdue (${schedule})`;
}

function partialReason({ message, read, rejected }: NonNullable<SourceFacts['lastEnded']>): string {
  return message ?? `The last run rejected ${rejected} of ${read} records; its rejections say why.`;
}

/** Nobody can be late who comes when they like, but what they said ages. */
function healthOfPushed(
  { lastHeardAt, ttlSeconds, lastEnded }: SourceFacts,
  now: Date,
): Pick<Judgement, 'health' | 'healthReason'> {
  if (!lastHeardAt) return { health: 'NEVER_READ', healthReason: 'Nothing has been sent yet.' };
  const sent = lastHeardAt.toISOString();
  if (ttlSeconds !== null && now.getTime() - lastHeardAt.getTime() > ttlSeconds * 1_000) {
    return {
      health: 'LATE',
      healthReason: `Nothing has been sent since ${sent}, and that counts for ${ttlSeconds} s.`,
    };
  }
  if (lastEnded?.state === 'PARTIAL') return { health: 'PARTIAL', healthReason: partialReason(lastEnded) };
  return { health: 'OK', healthReason: `Sent ${sent}.` };
}

/** The turn that should have followed the last success, and how long after it a run is not late yet. */
function dueTurn({ schedule, lastSuccess }: SourceFacts): { at: Date; patienceMs: number } | null {
  if (schedule === null || !lastSuccess) return null;
  const at = nextTurn(schedule, lastSuccess.startedAt);
  if (!at) return null;
  const intervalMs = at.getTime() - lastSuccess.startedAt.getTime();
  return { at, patienceMs: Math.min(Math.max(intervalMs, LEAST_PATIENCE_MS), MOST_PATIENCE_MS) };
}

export type SourceFreshness = 'NEVER' | 'FRESH' | 'PARTLY_STALE' | 'STALE';

/** How fresh what a source said is: by when it was last heard, and by how much of what is in force grew stale. */
export function judgeFreshness(
  facts: Pick<SourceFacts, 'ttlSeconds' | 'lastHeardAt'>,
  holdings: { readonly statements: number; readonly stale: number },
  now: Date,
): { readonly freshness: SourceFreshness; readonly staleSince: Date | null } {
  const { ttlSeconds, lastHeardAt } = facts;
  if (!lastHeardAt) return { freshness: 'NEVER', staleSince: null };
  const until = ttlSeconds === null ? null : new Date(lastHeardAt.getTime() + ttlSeconds * 1_000);
  if (until && until < now) return { freshness: 'STALE', staleSince: until };
  return { freshness: holdings.stale > 0 ? 'PARTLY_STALE' : 'FRESH', staleSince: null };
}
