import { timesOf } from '../../schema/kinds/measurements.ts';
import type { Observation } from '../../schema/observation.ts';
import type { RejectedRecord, StreamSpec } from '../kit/connector.ts';
import { formatDayMonthTime, formatLocalTime, localDay } from '../kit/local-time.ts';
import { localText } from '../kit/sandbox/local-text.ts';
import type { HiddenRow } from '../kit/sandbox/server.ts';
import type { KeyOf } from '../kit/sandbox/stand-in.ts';

/** What may be missing for a reason: records that were rejected, and rows that their upstream left out for a while. */
export interface Withheld {
  readonly rejections: readonly Pick<RejectedRecord, 'stream' | 'record'>[];
  readonly hidden: readonly Pick<HiddenRow, 'upstream' | 'asked' | 'row'>[];
}

/** How the records of a connector are told from each other. */
export interface Telling {
  readonly streams: readonly Pick<StreamSpec, 'name' | 'kinds'>[];
  readonly keyOf?: KeyOf | undefined;
}

/**
 * Those of the missing observations that nothing excuses. A record excuses what it is about, and no more: what has the
 * key that `keyOf` reads in it, else what has its key among the texts of the record; and of a measurement, its time. A
 * rejected record that is too damaged to be about anything in `held` excuses one thing of its stream, of its time where
 * it still tells one. `held`: all that the upstream holds.
 */
export function unexcused<One extends Observation>(
  missing: readonly One[],
  held: readonly Observation[],
  { rejections, hidden }: Withheld,
  { streams, keyOf }: Telling,
): One[] {
  if (missing.length === 0) return [];
  const things = new Map(held.map((observation) => [thingOf(observation), observation]));
  const meantBy = (record: ReadRecord): string[] =>
    [...things].filter(([, observation]) => isAbout(record, observation)).map(([thing]) => thing);
  const rejected = rejections.map(({ stream, record }) => ({ stream, ...readRecord(record, record, keyOf) }));
  const hiddenRecords = hidden.map((one) => readRecord(one, one.row, keyOf));
  const meant = [...rejected, ...hiddenRecords].map(meantBy);
  const excused = new Set(meant.flat());
  const damaged = rejected.filter((_, index) => meant[index]?.length === 0);
  for (const record of damaged) {
    const kinds: readonly string[] = streams.find(({ name }) => name === record.stream)?.kinds ?? [];
    const one = missing.find((observation) => {
      if (excused.has(thingOf(observation)) || !kinds.includes(observation.kind)) return false;
      return tellsTime(record, observation) || !held.some((other) => tellsTime(record, other));
    });
    if (one) excused.add(thingOf(one));
  }
  return missing.filter((observation) => !excused.has(thingOf(observation)));
}

/** What an observation is about: an entity, or an entity in a period. */
function thingOf(observation: Observation): string {
  const { kind, key } = observation;
  return JSON.stringify([kind, key, ...(observation.class === 'measurement' ? timesOf(observation) : [])]);
}

/** A record as text, all texts and codes in it, and what of its key is known. */
interface ReadRecord {
  readonly text: string;
  readonly words: ReadonlySet<string>;
  readonly key: readonly [part: string, value: string][];
}

/** `context`: the record, with what was asked for where that is known. */
function readRecord(context: unknown, record: unknown, keyOf: KeyOf | undefined): ReadRecord {
  const text = JSON.stringify(context);
  const isObject = typeof record === 'object' && record !== null;
  const parts = Object.entries(isObject ? (keyOf?.(record as Readonly<Record<string, unknown>>) ?? {}) : {});
  const key = parts.filter((part): part is [string, string] => typeof part[1] === 'string');
  const words = leavesOf(JSON.parse(text)).flatMap((leaf) =>
    // Codes stand in names such as `48-TTHC`; a number is one word.
    /\p{L}/u.test(leaf) ? [leaf, ...leaf.split(/[^\p{L}\p{N}_]+/u)] : [leaf],
  );
  return { text, key, words: new Set(words.map((word) => word.toUpperCase())) };
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return [String(value)];
}

/** Who measures or says it is known without the record, and need not stand in it. */
function isAbout(record: ReadRecord, observation: Observation): boolean {
  const { vendor: _known, ...key } = observation.key as Readonly<Record<string, string | undefined>>;
  const isMeant =
    record.key.length > 0
      ? record.key.every(([part, value]) => key[part] === value)
      : Object.values(key).every((part) => !part || record.words.has(part.toUpperCase()));
  return isMeant && (observation.class === 'fact' || tellsTime(record, observation));
}

/** Whether a record has the first time of a measurement in it, in whichever form, or at least its day. */
function tellsTime({ text }: ReadRecord, observation: Observation): boolean {
  if (observation.class === 'fact') return false;
  const [[, time] = ['', new Date(Number.NaN)]] = timesOf(observation);
  return formsOf(time).some((form) => text.includes(form));
}

const forms = new Map<number, readonly string[]>();

function formsOf(time: Date): readonly string[] {
  const known = forms.get(time.getTime());
  if (known) return known;
  const excelDays = Date.parse(`${localText(time)}Z`) / 86_400_000 + 25_569;
  const written = [
    localDay(time),
    time.toISOString(),
    formatLocalTime(time),
    formatDayMonthTime(time),
    ...[time.getTime(), time.getTime() / 1000, excelDays].map(String),
  ];
  forms.set(time.getTime(), written);
  return written;
}
