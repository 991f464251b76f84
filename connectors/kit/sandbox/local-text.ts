const OFFSET_MS = 7 * 3_600_000;

/** The time of Viet Nam without a zone, to the second: `2025-06-27T12:15:00`. */
export const localText = (moment: Date): string => new Date(moment.getTime() + OFFSET_MS).toISOString().slice(0, 19);

/** The same with its offset, as of RFC 3339. */
export const zonedText = (moment: Date): string => `${localText(moment)}+07:00`;
