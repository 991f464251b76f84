import * as z from 'zod';

const OFFSET = '+07:00';
const DAY_MS = 86_400_000;
/** The 1st of January 1970 as Excel counts days. */
const EPOCH_SERIAL = 25_569;

/** A number as Viet Nam writes it in text: `99,53` or `1.234,5`. One with a point before decimals is refused: which it is cannot be told. */
export const decimalComma = z
  .string()
  .regex(/^-?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$/, 'is no number with a decimal comma')
  .transform((text) => Number(text.replaceAll('.', '').replace(',', '.')));

/** A number in a sheet: as such, or as text with a decimal comma. */
export const cellNumber = z.union([z.number(), z.string().trim().pipe(decimalComma)]);

/** Local time as people write it in Viet Nam, `27/06/2025 08:00` or `27/06/2025 08:00:00`; taken as Asia/Ho_Chi_Minh. */
export const dayMonthTime = z.string().transform((text, context) => {
  const match = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}:\d{2})(:\d{2})?$/.exec(text.trim());
  const [, day, month, year, minutes, seconds = ':00'] = match ?? [];
  const moment = match ? momentOf(`${year}-${month}-${day}T${minutes}${seconds}`) : undefined;
  if (moment) return moment;
  context.issues.push({ code: 'custom', message: 'is no local time dd/MM/yyyy HH:mm', input: text });
  return z.NEVER;
});

/**
 * A time in a sheet, taken as Asia/Ho_Chi_Minh: a formatted date as {@link XlsxBody} gives it, the number of days that
 * Excel keeps for one (to the second), or text as {@link dayMonthTime}.
 */
export const excelTime = z.union([
  z
    .number()
    .min(EPOCH_SERIAL)
    .max(EPOCH_SERIAL + 100_000)
    .transform((serial) => {
      const localMs = Math.round((serial - EPOCH_SERIAL) * (DAY_MS / 1000)) * 1000;
      return new Date(`${new Date(localMs).toISOString().slice(0, 19)}${OFFSET}`);
    }),
  z.iso
    .datetime({ local: true })
    .regex(/:\d{2}$/, 'is no local time')
    .transform((text) => new Date(`${text}${OFFSET}`)),
  dayMonthTime,
]);

/** The moment of a local `YYYY-MM-DDTHH:mm:ss`; undefined for days and times that there are not. */
function momentOf(local: string): Date | undefined {
  const asUtc = new Date(`${local}Z`);
  // Rules out the 31st of June, which Date would take for the 1st of July.
  const isReal = !Number.isNaN(asUtc.getTime()) && asUtc.toISOString().startsWith(local);
  return isReal ? new Date(`${local}${OFFSET}`) : undefined;
}
