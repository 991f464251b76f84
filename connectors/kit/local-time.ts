const OFFSET = '+07:00';
const OFFSET_MS = 7 * 3_600_000;

/** The day in Asia/Ho_Chi_Minh (+07:00, no summer time) of a moment, `YYYY-MM-DD`. */
export function localDay(moment: Date): string {
  return new Date(moment.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The moment at which a local day begins. */
export function startOfDay(day: string): Date {
  return new Date(`${day}T00:00:00${OFFSET}`);
}

/** The moment of a local `yyyyMMddHHmmss` without a zone; undefined for a text that is none, such as "". */
export function parseLocalTime(text: string): Date | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const moment = new Date(`${local}${OFFSET}`);
  // Rules out the 31st of June, which Date would take for the 1st of July.
  return !Number.isNaN(moment.getTime()) && formatLocalTime(moment) === text ? moment : undefined;
}

/** A moment as local `yyyyMMddHHmmss`. */
export function formatLocalTime(moment: Date): string {
  return new Date(moment.getTime() + OFFSET_MS).toISOString().slice(0, 19).replace(/[-:T]/g, '');
}

/** A moment as local `dd/MM/yyyy HH:mm:ss`, as people write it in Viet Nam. */
export function formatDayMonthTime(moment: Date): string {
  const [, year, month, day, time] = /^(\d{4})-(\d{2})-(\d{2})T(.{8})/.exec(
    new Date(moment.getTime() + OFFSET_MS).toISOString(),
  ) as RegExpExecArray;
  return `${day}/${month}/${year} ${time}`;
}
