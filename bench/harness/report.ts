import Table from 'cli-table3';

/** One line of a comparison. `ratio` is ours against the peer that `against` names. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio?: number;
  readonly against?: string;
  /** The target of the design, in words. */
  readonly target?: string;
}

export interface Section {
  readonly name: string;
  readonly title: string;
  /** How it was measured: counts, sizes, rounds. */
  readonly setting: string;
  readonly rows: readonly Row[];
}

/** A section with the run that measured it. */
export interface Recorded extends Section {
  readonly at: string;
  readonly commit: string | null;
}

/** A figure with as many digits as mean something. */
export const shown = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value >= 10 ? value.toFixed(1) : value.toFixed(2);

export function print(section: Section): void {
  const table = new Table({ head: ['', 'measured', 'ratio', 'target'], style: { head: [], border: [] } });
  for (const row of section.rows) {
    const ratio = row.ratio === undefined ? '' : `${shown(row.ratio)} × ${row.against ?? ''}`;
    table.push([row.what, `${shown(row.value)} ${row.unit}`, ratio, row.target ?? '']);
  }
  console.log(`\n${section.title}\n${section.setting}\n${table.toString()}`);
}
