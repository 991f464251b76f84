import { chance } from './chance.ts';
import { DAY_MS, JUNE_START, MINUTE_MS } from './moments.ts';

/** What is in the way at a system for a time. No document says so: all of it is simulated. */
export interface Incident {
  readonly id: string;
  readonly province: string;
  readonly system: string;
  readonly description: string;
  readonly openedAt: Date;
  readonly closedAt: Date;
}

/** An incident as it is known at a moment. */
export interface IncidentRow {
  readonly id: string;
  readonly description: string;
  readonly openedAt: Date;
  /** Null while it is open. */
  readonly closedAt: Date | null;
}

const DESCRIPTIONS = [
  'Đường truyền tới một số xã, phường chập chờn, đang phối hợp với đơn vị viễn thông xử lý.',
  'Máy chủ dự phòng đang được bảo trì.',
  'Một số tài khoản cấp xã chưa đăng nhập được, đang rà soát phân quyền.',
];
const DESCRIPTIONS_OF: Readonly<Record<string, readonly string[]>> = {
  HOP: [...DESCRIPTIONS, 'Điểm cầu cấp xã mới chưa đủ thiết bị họp.'],
};
/** From the 25th to the 30th of June. */
const DAYS = 6;
/** Of all systems and days. */
const SHARE = 0.25;
/** An incident of a day begins before noon and is over the same evening; it lasts half an hour at least. */
const MOST_MINUTES_TO_NOON = 12 * 60;
const LEAST_MINUTES = 30;
const MOST_MINUTES = 10 * 60;

/**
 * The incidents of a system, oldest first; never two at once, and on whole minutes, which is all that some vendors can
 * tell. The same whichever of those who run it together tells of them.
 */
export function incidentsOf(province: string, system: string, seed: number): Incident[] {
  return Array.from({ length: DAYS }, (_, day) => {
    const id = `${province}-${system}-${day}`;
    const of = (what: string): number => chance(seed, 'incident', id, what);
    if (of('whether') >= SHARE) return [];
    const dawnMs = JUNE_START.getTime() + day * DAY_MS;
    const openedMs = dawnMs + Math.floor(of('opened') * MOST_MINUTES_TO_NOON) * MINUTE_MS;
    const lastingMinutes = LEAST_MINUTES + Math.floor(of('lasting') * (MOST_MINUTES - LEAST_MINUTES));
    const closedAt = new Date(openedMs + lastingMinutes * MINUTE_MS);
    const descriptions = DESCRIPTIONS_OF[system] ?? DESCRIPTIONS;
    const description = descriptions[Math.floor(of('what') * descriptions.length)] as string;
    return [{ id, province, system, description, openedAt: new Date(openedMs), closedAt }];
  }).flat();
}

/** The last incident of a system so far; null where there has been none. */
export function lastIncidentAt(at: Date, province: string, system: string, seed: number): IncidentRow | null {
  const last = incidentsOf(province, system, seed).findLast(({ openedAt }) => openedAt <= at);
  return last ? incidentRowAt(at, last) : null;
}

export function incidentRowAt(at: Date, { id, description, openedAt, closedAt }: Incident): IncidentRow {
  return { id, description, openedAt, closedAt: closedAt <= at ? closedAt : null };
}
