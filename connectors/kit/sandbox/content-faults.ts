import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { FaultName } from './faults.ts';
import type { SandboxAnswer, SandboxUpstream } from './upstream.ts';

const CLOCK_OFF_MS = 7 * 3_600_000;
/** Characters of two bytes each: 10 MiB. */
const HUGE_TEXT_LENGTH = 5 * 2 ** 20;

/** The time by a clock that takes its local time for UTC, where that fault strikes. */
export function clockUnder(faults: readonly FaultName[], now: Date): Date {
  return faults.includes('clock-off') ? new Date(now.getTime() + CLOCK_OFF_MS) : now;
}

/**
 * Arranges a whole list before it is cut into pages, so that its counts agree with what is left of it. `onHidden` is told
 * each row that is left out.
 */
export function arrangeUnder(
  faults: readonly FaultName[],
  onHidden: (row: unknown) => void,
): <T>(list: readonly T[]) => readonly T[] {
  return (list) => {
    let arranged = list;
    if (faults.includes('rows-vanish')) {
      const isHidden = (index: number): boolean => index % 3 === 1;
      arranged = list.filter((_, index) => !isHidden(index));
      for (const [index, row] of list.entries()) if (isHidden(index)) onHidden(row);
    }
    if (faults.includes('doubled'))
      arranged = arranged.flatMap((item, index) => (index % 4 === 0 ? [item, item] : [item]));
    if (faults.includes('out-of-order')) arranged = arranged.toReversed();
    return arranged;
  };
}

/** The answer as the faults leave it: what stands in its body, not how it is sent. */
export function spoilContent(
  answer: SandboxAnswer,
  faults: readonly FaultName[],
  upstream: SandboxUpstream,
  previous: SandboxAnswer | undefined,
): SandboxAnswer {
  if (answer.status !== 200 || answer.body === undefined) return answer;
  // An error that takes the body's place has no pages and no records for other faults to touch.
  if (faults.includes('error-inside')) return { ...answer, body: upstream.errorInside() };
  // Nor has one that the upstream gives by itself.
  if (answer.records === undefined) return answer;
  let spoiled = answer;
  for (const fault of faults) spoiled = { ...spoiled, ...spoilBody(spoiled, fault, upstream, previous) };
  return spoiled.body === answer.body ? spoiled : { ...spoiled, headers: withoutValidators(spoiled.headers) };
}

/** What names the honest answer does not name what a fault has made of it. */
function withoutValidators(headers: SandboxAnswer['headers'] = {}): NonNullable<SandboxAnswer['headers']> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(etag|last-modified)$/i.test(name)));
}

function spoilBody(
  answer: SandboxAnswer,
  fault: FaultName,
  upstream: SandboxUpstream,
  previous: SandboxAnswer | undefined,
): Partial<SandboxAnswer> {
  const body = answer.body as Json;
  switch (fault) {
    case 'error-code-type':
      return { body: upstream.recodeSuccess(body) };
    case 'endless-next':
      return { body: upstream.withoutEnd(body) };
    case 'page-repeated':
      return previous?.body === undefined ? {} : { body: previous.body };
    case 'page-short':
      return changeRecords(answer, (records) => records.slice(0, Math.floor(records.length / 2)));
    case 'page-missing':
      return changeRecords(answer, () => []);
    case 'new-field':
      return changeRecords(answer, (records) =>
        records.map((record) => ({ ...asObject(record), truongMoi: { a: [1] } })),
      );
    case 'unknown-status':
      return changeFirst(answer, answer.records?.statusField, '97');
    case 'huge-field':
      return changeFirst(answer, answer.records?.textField, 'Đ'.repeat(HUGE_TEXT_LENGTH));
    case 'type-change':
      return changeFirst(answer, answer.records?.retyped[0], answer.records?.retyped[1] ?? null);
    default:
      return {};
  }
}

function changeRecords(answer: SandboxAnswer, change: (records: Json[]) => Json[]): Partial<SandboxAnswer> {
  const { records } = answer;
  const body = answer.body as Json;
  return records ? { body: records.set(body, change(records.get(body))) } : {};
}

function changeFirst(answer: SandboxAnswer, field: string | undefined, value: Json): Partial<SandboxAnswer> {
  if (field === undefined) return {};
  return changeRecords(answer, ([first, ...rest]) =>
    first === undefined ? [] : [{ ...asObject(first), [field]: value }, ...rest],
  );
}

const asObject = (record: Json): Record<string, Json> => record as Record<string, Json>;
