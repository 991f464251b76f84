import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { ConnectorError } from '../connector-error.ts';
import type { Format, FormatInput } from './format.ts';

/**
 * A row format of an upstream that says in a header how many rows it sends, since a list of lines does not show where it
 * was cut. Rows are passed on as they come, but for the last list, which is held back until all are counted. Throws
 * UPSTREAM_SYSTEM where more or fewer came, UPSTREAM_CONTRACT where the header is missing. What is no list, an error in
 * place of rows, is given as it is.
 */
export function countedRows(format: Format, header: string): Format {
  const name = header.toLowerCase();
  const rowsIn = (headers: FormatInput['headers']): number | undefined =>
    /^\d+$/.test(headers[name] ?? '') ? Number(headers[name]) : undefined;
  return {
    ...format,
    headers: [...(format.headers ?? []), name],
    rowsIn,
    async *read(input) {
      let came = 0;
      let held: Json[] | undefined;
      for await (const body of format.read(input)) {
        if (!Array.isArray(body)) {
          yield body;
          continue;
        }
        if (held) yield held;
        held = body;
        came += body.length;
      }
      if (!held) return;
      const stated = rowsIn(input.headers);
      if (stated === undefined) {
        throw ConnectorError.of('contract', `The upstream's answer does not say how many rows it has (${header}).`);
      }
      if (stated !== came) {
        throw ConnectorError.of('system', `The upstream promises ${stated} rows and gives ${came}.`);
      }
      yield held;
    },
  };
}
