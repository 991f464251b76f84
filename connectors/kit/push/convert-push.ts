import type * as z from 'zod';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { DriftNotes } from '../drift.ts';
import { redactRecord } from '../redact.ts';
import { createRejection, type RejectionSetting } from '../rejection.ts';
import type { Stream } from '../stream.ts';
import type { PushDefinition } from './define-push.ts';
import type { PushContext, PushedRecord, PushProblem, ReceivedPush } from './push.ts';
import type { BodyRecord, PushBody } from './read-body.ts';

const MAX_VALUE_LENGTH = 80;
/** Of one record; who got everything wrong sees that from these. */
const MAX_PROBLEMS = 10;

/** What the records of a body say, by the contract and mapping; what is wrong with the others, field by field. */
export function convertPush<Config, Shape extends z.ZodType>(
  { contract, contractVersion }: PushDefinition<Config, Shape>,
  stream: Stream<Config>,
  body: PushBody,
  config: Config,
  context: PushContext,
): ReceivedPush {
  const secrets = Object.values(context.credentials);
  const setting: RejectionSetting = { stream: stream.name, contractVersion, secrets };
  const mapContext = { config, domainNow: context.domainClock.now(), lookups: {} };
  const notes = new DriftNotes(secrets);
  const locate = createLocator(body, secrets);
  const convertOne = (record: BodyRecord): PushedRecord => {
    const { row, line, value } = record;
    if (record.problem !== undefined) {
      const rejection = createRejection(setting, record.value, record.problem);
      const problem = { line, row, field: null, value: null, reason: record.problem };
      return { row, line, record: value, observations: [], rejection, problems: [problem] };
    }
    stream.noteNewFields(record.value, notes);
    const converted = stream.convert(record.value, mapContext, setting, notes);
    if (!('rejection' in converted))
      return { row, line, record: value, observations: converted.observations, problems: [] };
    const { rejection } = converted;
    const issues = contract.safeParse(record.value).error?.issues ?? [];
    const faults =
      issues.length > 0
        ? issues.map(({ path, message }) => ({ path, reason: message }))
        : [{ path: stepsOf(rejection.path), reason: rejection.reason }];
    const problems = faults
      .slice(0, MAX_PROBLEMS)
      .map(({ path, reason }): PushProblem => ({ row, ...locate(record, path), reason }));
    return { row, line, record: value, observations: [], rejection, problems };
  };
  const records = body.records.map(convertOne);
  const sent = ({ row }: PushedRecord): BodyRecord => body.records[row - 1] as BodyRecord;
  return {
    records,
    drift: notes.list(),
    locate: (record, field) => locate(sent(record), hasField(sent(record), field) ? [field] : []),
  };
}

type Locator = (record: BodyRecord, path: readonly PropertyKey[]) => Pick<PushProblem, 'line' | 'field' | 'value'>;

function createLocator(body: PushBody, secrets: readonly string[]): Locator {
  return (record, path) => {
    const [field, ...rest] = path;
    return {
      line: body.lineOf(record, path) ?? record.line,
      field: field === undefined ? null : fieldText([body.nameOf(String(field)), ...rest]),
      value: valueAt(redactRecord(record.value, secrets), path),
    };
  };
}

/** `a.b[2].c` as its steps. */
function stepsOf(path: string | undefined): PropertyKey[] {
  return [...(path ?? '').matchAll(/[^.[\]]+/g)].map(([step]) => (/^\d+$/.test(step) ? Number(step) : step));
}

function fieldText([first, ...rest]: readonly PropertyKey[]): string {
  return String(first) + rest.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
}

const hasField = ({ value }: BodyRecord, field: string): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, field);

/** What stands at a path, as text, cut short; null for nothing. */
function valueAt(record: Json, path: readonly PropertyKey[]): string | null {
  let at: unknown = record;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return null;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  if (path.length === 0 || at === undefined) return null;
  const text = typeof at === 'string' ? at : JSON.stringify(at);
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH).toWellFormed()}…`;
}
