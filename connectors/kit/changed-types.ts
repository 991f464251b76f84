import type * as z from 'zod';
import { type DriftNotes, kindOf } from './drift.ts';

type Issue = z.core.$ZodIssue;

/**
 * Notes the fields of a record that hold another type than the contract says, also where the contract asks for one of some
 * values or forms. A field that is missing, or has a wrong value of the right type, has not changed its type: its rejection
 * says what is wrong.
 */
export function noteChangedTypes(error: z.ZodError, record: unknown, notes: DriftNotes): void {
  for (const issue of changesIn(error.issues, record)) {
    // What is no record at all, such as a line that was cut, tells nothing of a field.
    if (issue.path.length === 0) continue;
    const path = issue.path.map((part) => (typeof part === 'number' ? '[]' : `.${String(part)}`)).join('');
    notes.add('TYPE_CHANGED', path.replace(/^\./, ''), `expected ${issue.expected}, received ${issue.received}`);
  }
}

interface Change {
  readonly path: readonly PropertyKey[];
  readonly expected: string;
  readonly received: string;
}

const changesIn = (issues: readonly Issue[], value: unknown): Change[] =>
  issues.flatMap((issue) => changesOf(issue, valueAt(value, issue.path)));

function changesOf(issue: Issue, value: unknown): Change[] {
  if (value === undefined) return [];
  const received = kindOf(value);
  if (issue.code === 'invalid_type') return [{ path: issue.path, expected: issue.expected, received }];
  if (issue.code === 'invalid_value') {
    const kinds = [...new Set(issue.values.map(kindOf))];
    return kinds.includes(received) ? [] : [{ path: issue.path, expected: kinds.join(' or '), received }];
  }
  return issue.code === 'invalid_union' ? changesOfAll(issue, value) : [];
}

/** A value that is none of several forms: of another type than all of them, or one of them with a changed field in it. */
function changesOfAll({ errors, path }: Extract<Issue, { code: 'invalid_union' }>, value: unknown): Change[] {
  const forms = errors.map((issues) => changesIn(issues, value));
  const itself = forms.map((changes) => changes.find((change) => change.path.length === 0));
  if (forms.length > 0 && itself.every((change) => change !== undefined)) {
    const expected = [...new Set(itself.map((change) => change.expected))].join(' or ');
    return [{ path, expected, received: kindOf(value) }];
  }
  const within = forms.filter((_, nth) => itself[nth] === undefined);
  const [first = []] = within;
  // A form of which no field has changed its type may be the one that was meant.
  if (within.some((changes) => changes.length === 0)) return [];
  return first.map((change) => ({ ...change, path: [...path, ...change.path] }));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(
    (at: unknown, part) =>
      at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );
}
