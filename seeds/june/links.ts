import { loadProvinces } from '../facts.ts';
import { EMC, PORTAL, type TargetFact, targets } from '../targets.ts';
import { chance, momentBetween } from './chance.ts';
import { completionTimes } from './completion.ts';
import { HOUR_MS, JUNE_END, JUNE_START, MINUTE_MS, REPORT_AT, YESTERDAY_AT } from './moments.ts';

/** Who looks: the province's own LGSP, or the portal. */
export type LinkView = 'lgsp' | 'dvcqg';
export type LinkState = 'UP' | 'DEGRADED' | 'DOWN';

export interface LinkRow {
  readonly province: string;
  readonly target: string;
  readonly state: LinkState;
  readonly latencyMs: number | undefined;
  readonly lastSuccessAt: Date | undefined;
  readonly detail: string | undefined;
}

/** What the portal itself can see: the link to it, and the measurement system that the same office runs. */
const PORTAL_SEES = new Set([PORTAL, EMC]);
/**
 * Readings for which a link that others see too keeps its state: those who are asked at different times would otherwise
 * contradict each other all the time, and a true disagreement would be lost among them.
 */
const READINGS_OF_STATE = 6;
const DEGRADED_SHARE = 0.06;
/** How often the two views differ on whether a working link is degraded. */
const DISAGREEING_SHARE = 0.05;

/**
 * Every link as one side sees it; all of it is simulated. Never against a document: a link to the portal is up or
 * degraded exactly where DVCQG_CONNECTED is complete; where NATIONAL_DB_CONNECTED is complete so are all links to
 * national databases, ministry systems and EMC, and where it is not at least one of them is down. Readings hold for one
 * to four hours per link, staggered, so that somewhere something changes every few minutes; the state of a link that others
 * see too holds for six of them. The portal learns of a new
 * connection up to two hours late, but never later than the next document that says so.
 */
export function linksAt(at: Date, seed: number, view: LinkView = 'lgsp'): LinkRow[] {
  return loadProvinces().provinces.flatMap(({ code }) => provinceLinksAt(at, seed, code, view));
}

/** The links of one province. */
export function provinceLinksAt(at: Date, seed: number, province: string, view: LinkView = 'lgsp'): LinkRow[] {
  return targets
    .filter((target) => view === 'lgsp' || PORTAL_SEES.has(target.code))
    .map((target) => linkAt(at, seed, province, target, view));
}

function linkAt(at: Date, seed: number, province: string, target: TargetFact, view: LinkView): LinkRow {
  const connectedAt = seenConnectedAt(seed, province, target, view);
  const key = { province, target: target.code };
  if (!connectedAt || connectedAt > at) {
    return { ...key, state: 'DOWN', latencyMs: undefined, lastSuccessAt: undefined, detail: 'Chưa kết nối' };
  }
  const link = `${province}|${target.code}`;
  const { slot, slotStart } = slotAt(at, seed, link);
  const isShared = PORTAL_SEES.has(target.code) || target.kind === 'document-axis';
  const spell = isShared ? Math.floor(slot / READINGS_OF_STATE) : slot;
  const seesOther = view === 'dvcqg' && chance(seed, link, spell, 'disagrees') < DISAGREEING_SHARE;
  const isDegraded = chance(seed, link, spell, 'degraded') < DEGRADED_SHARE !== seesOther;
  const baseMs = 20 + Math.floor(chance(seed, link, view, 'latency') * 120);
  const jitterMs = Math.floor(chance(seed, link, view, slot, 'jitter') * 30);
  return {
    ...key,
    state: isDegraded ? 'DEGRADED' : 'UP',
    latencyMs: isDegraded ? 8 * baseMs + 20 * jitterMs : baseMs + jitterMs,
    lastSuccessAt: new Date(Math.max(slotStart.getTime(), connectedAt.getTime())),
    detail: isDegraded ? 'Phản hồi chậm, một số lần gọi quá thời gian chờ' : undefined,
  };
}

/** The time for which a reading of a link holds, by its number; offset and length differ from link to link. */
function slotAt(at: Date, seed: number, link: string): { slot: number; slotStart: Date } {
  const slotMs = (60 + 10 * Math.floor(chance(seed, link, 'slot') * 19)) * MINUTE_MS;
  const offsetMs = Math.floor((chance(seed, link, 'offset') * slotMs) / 1000) * 1000;
  const slot = Math.floor((at.getTime() - offsetMs) / slotMs);
  return { slot, slotStart: new Date(slot * slotMs + offsetMs) };
}

/** A reading of a province's own platform, and the moment since which it holds. */
export interface LinkReading extends LinkRow {
  readonly readAt: Date;
}

/** The newest reading of the link to the document axis, as each province reports it there at the moment that it is made. */
export function documentAxisReadings(at: Date, seed: number): LinkReading[] {
  const axis = targets.find(({ kind }) => kind === 'document-axis') as TargetFact;
  return loadProvinces().provinces.map(({ code }) => ({
    ...linkAt(at, seed, code, axis, 'lgsp'),
    readAt: slotAt(at, seed, `${code}|${axis.code}`).slotStart,
  }));
}

function seenConnectedAt(seed: number, province: string, target: TargetFact, view: LinkView): Date | null {
  const connectedAt = connectionTime(seed, province, target);
  if (!connectedAt || view === 'lgsp') return connectedAt;
  const lagMs = Math.floor(chance(seed, province, target.code, 'lag') * 120) * MINUTE_MS;
  const nextDocument = [JUNE_START, YESTERDAY_AT, REPORT_AT, JUNE_END].find((moment) => moment >= connectedAt);
  return new Date(Math.min(connectedAt.getTime() + lagMs, (nextDocument ?? JUNE_END).getTime()));
}

/** When the link first works; null for one that does not in the time told. */
function connectionTime(seed: number, province: string, target: TargetFact): Date | null {
  if (target.kind === 'document-axis') return new Date(JUNE_START.getTime() - 72 * HOUR_MS);
  const criterion = target.kind === 'portal' ? 'DVCQG_CONNECTED' : 'NATIONAL_DB_CONNECTED';
  const completedAt = completionTimes(seed).get(criterion)?.get(province) ?? null;
  if (target.kind === 'portal' || target.code === lastToConnect(seed, province)) return completedAt;
  const latest = completedAt ?? JUNE_END;
  const label = `${province}|${target.code}|connects`;
  return momentBetween(seed, label, new Date(latest.getTime() - 60 * HOUR_MS), latest);
}

/** The one that completes NATIONAL_DB_CONNECTED: it connects at the very moment the criterion turns. */
function lastToConnect(seed: number, province: string): string {
  const counted = targets.filter(({ kind }) => kind !== 'portal' && kind !== 'document-axis');
  const index = Math.floor(chance(seed, province, 'last target') * counted.length);
  return (counted[index] as TargetFact).code;
}
