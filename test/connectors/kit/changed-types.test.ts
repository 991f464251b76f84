import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { noteChangedTypes } from '../../../connectors/kit/changed-types.ts';
import { DriftNotes } from '../../../connectors/kit/drift.ts';
import { booleanText, wholeNumberText } from '../../../connectors/kit/index.ts';

const contract = z.object({
  name: z.string(),
  isUp: booleanText.optional(),
  code: z.union([z.literal('').transform(() => null), wholeNumberText]).optional(),
  kind: z.literal(['a', 'b']).optional(),
  rows: z.array(z.object({ value: z.number() })).optional(),
  site: z.union([z.object({ id: z.string() }), z.array(z.object({ id: z.string() }))]).optional(),
});

const noted = (record: object) => {
  const notes = new DriftNotes();
  const { error } = contract.safeParse({ name: 'A', ...record });
  if (!error) throw new Error('the record keeps to its contract');
  noteChangedTypes(error, { name: 'A', ...record }, notes);
  return notes.list().map(({ kind, path, sample }) => `${kind} ${path}: ${sample}`);
};

test.each([
  { name: 'a text', record: { name: 7 }, note: 'name: expected string, received number' },
  { name: 'one of some values', record: { isUp: true }, note: 'isUp: expected string, received boolean' },
  { name: 'a literal', record: { kind: null }, note: 'kind: expected string, received null' },
  { name: 'one of some forms', record: { code: 5 }, note: 'code: expected string, received number' },
  {
    name: 'a field in a list',
    record: { rows: [{ value: 'x' }] },
    note: 'rows[].value: expected number, received string',
  },
  {
    name: 'a field of one of some forms',
    record: { site: { id: 5 } },
    note: 'site.id: expected string, received number',
  },
  { name: 'all of some forms', record: { site: 5 }, note: 'site: expected object or array, received number' },
])('$name of another type is noticed', ({ record, note }) => {
  expect(noted(record)).toEqual([`TYPE_CHANGED ${note}`]);
});

test.each([
  { name: 'a field that is missing', record: { name: undefined } },
  { name: 'a field that is missing in one of some forms', record: { site: {} } },
  { name: 'another value of the same type', record: { isUp: 'true' } },
  { name: 'another value of one of some forms', record: { code: 'x' } },
])('$name has not changed its type', ({ record }) => {
  expect(noted(record)).toEqual([]);
});
