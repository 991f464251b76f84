import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { ConnectorError, requireCount, type XlsxBody } from '../kit/index.ts';
import { TOTAL_LABEL } from './contract.ts';

type Row = XlsxBody['rows'][number];

/** Labels are told apart by their letters, composed or not. */
const cell = (z.json() as z.ZodType<Json>).transform((value) =>
  typeof value === 'string' ? value.normalize('NFC') : value,
);
const sheetShape = z.object({ titles: z.array(z.string()), rows: z.array(z.record(z.string(), cell)) });
/** What differs from row to row of a system. */
const OF_A_ROW = ['STT', 'Chỉ số', 'Giá trị'];

/** The parts of a report: what is said of each system, and what was measured there. */
export function decodeReport(body: Json): unknown[] {
  const rows = rowsOf(body);
  return [
    ...systemsIn(rows).map((record) => ({ part: 'system', ...record })),
    ...healthIn(rows).map((record) => ({ part: 'health', ...record })),
  ];
}

/** What is said of each system, once. */
function systemsIn(rows: readonly Row[]): Row[] {
  const records = rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([heading]) => !OF_A_ROW.includes(heading))),
  );
  return [...new Map(records.map((record) => [JSON.stringify(record), record])).values()];
}

/** The figures of each system: those of its rows, by indicator. */
function healthIn(all: readonly Row[]): object[] {
  const groups = Map.groupBy(all, (row) => JSON.stringify([row['Tỉnh, thành phố'], row['Hệ thống'], row['Đo lúc']]));
  return [...groups.values()].map((rows) => {
    const {
      'Tỉnh, thành phố': province,
      'Hệ thống': system,
      'Đo lúc': measuredAt,
      _sandbox_simulated,
    } = rows[0] as Row;
    return {
      'Tỉnh, thành phố': province,
      'Hệ thống': system,
      'Đo lúc': measuredAt,
      'Giá trị': Object.fromEntries(rows.map((row) => [String(row['Chỉ số']), row['Giá trị']])),
      _sandbox_simulated,
    };
  });
}

/** The day that stands above the table, `YYYY-MM-DD`. */
export function dayOfReport(body: Json): string | undefined {
  const { titles } = sheetShape.parse(body);
  const found = titles.map((title) => /(\d{2})\/(\d{2})\/(\d{4})/.exec(title)).find((match) => match !== null);
  return found ? `${found[3]}-${found[2]}-${found[1]}` : undefined;
}

/** The rows above the total, which says how many they are. */
function rowsOf(body: Json): readonly Row[] {
  const { rows } = sheetShape.parse(body);
  const total = rows.find(({ STT }) => STT === TOTAL_LABEL);
  const promised = z.number().int().safeParse(total?.['Giá trị']).data;
  if (promised === undefined) throw ConnectorError.of('system', 'The report does not end with its total; is it whole?');
  const above = rows.filter((row) => row !== total);
  requireCount(above.length, promised, 'exactly', 'the report');
  return above;
}
