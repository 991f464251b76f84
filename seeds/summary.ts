import type { SystemCode } from './facts.ts';

/**
 * What follows from the summary (part 1.1) of the report without standing in its lists: a province that is in no list
 * is counted for VNPT, whose provinces are never named. An empty list: the lists leave the province to nobody. Only
 * provinces on which the appendix disagrees, as `conflicts` of deployments.json describes them.
 */
export const summaryResidual: readonly {
  readonly system: SystemCode;
  readonly province: string;
  readonly vendors: readonly string[];
}[] = [
  { system: 'QLVB', province: '48', vendors: ['VNPT'] },
  { system: 'QLVB', province: '66', vendors: ['VNPT'] },
  { system: 'HOP', province: '01', vendors: ['VNPT'] },
  { system: 'HOP', province: '08', vendors: ['VNPT'] },
  { system: 'HOP', province: '04', vendors: ['VNPT'] },
  { system: 'HOP', province: '19', vendors: ['VNPT'] },
  { system: 'LGSP', province: '12', vendors: [] },
  { system: 'BAOCAO', province: '15', vendors: [] },
];

/** How many self-built systems the opening sentences speak of, against the lists that follow them. */
export const openingCounts: readonly {
  readonly system: SystemCode;
  readonly vendor: string;
  readonly count: number;
}[] = [
  { system: 'TTHC', vendor: 'SELF', count: 2 },
  { system: 'QLVB', vendor: 'SELF', count: 3 },
  { system: 'LGSP', vendor: 'SELF', count: 2 },
];
