/** What paginators of lists are given in common. */
interface ListOptions {
  readonly size?: number;
  readonly maxPages?: number | undefined;
  readonly from?: unknown;
  readonly memoryAtEnd?: unknown;
}

/** Throws a TypeError, when the connector loads, for options that make no sense. */
export function checkListOptions(paginator: string, { size = 1, maxPages = 1, from, memoryAtEnd }: ListOptions): void {
  const checks: [isWrong: boolean, reason: string][] = [
    [!isCount(size), 'a page holds at least one record'],
    [!isCount(maxPages), 'at least one page may be read'],
    [
      from !== undefined && memoryAtEnd === undefined,
      'from without memoryAtEnd would read from the same moment for ever',
    ],
    [from === undefined && memoryAtEnd !== undefined, 'memoryAtEnd without from is never used'],
  ];
  const reasons = checks.filter(([isWrong]) => isWrong).map(([, reason]) => reason);
  if (reasons.length > 0) throw new TypeError(`${paginator}: ${reasons.join('; ')}`);
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;
