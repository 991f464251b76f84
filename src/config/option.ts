import { z } from 'zod';

/** One environment variable: how it is read, what holds without it, and why it exists. */
export interface Option<T> {
  readonly name: string;
  /** Of the value, e.g. `ms`, `bytes`; empty where there is none. */
  readonly unit: string;
  /** As it would be written; empty for none. */
  readonly default: string;
  /** What it decides, and what a wrong value costs. */
  readonly why: string;
  /** Throws a ZodError that says what would do. */
  readonly parse: (text: string) => T;
}

type Words = Pick<Option<unknown>, 'name' | 'default' | 'why'> & { unit?: string };

function option<T>(words: Words, schema: z.ZodType<T, string>): Option<T> {
  return { unit: '', ...words, parse: (text) => schema.parse(text) };
}

export function textOption(words: Words): Option<string> {
  return option(words, z.string());
}

export function choiceOption<const Values extends readonly [string, ...string[]]>(
  words: Words,
  values: Values,
): Option<Values[number]> {
  return option(
    words,
    z.enum(values, { error: `must be one of ${values.join(', ')}` }) as z.ZodType<Values[number], string>,
  );
}

export function switchOption(words: Words): Option<boolean> {
  const schema = z.enum(['on', 'off'], { error: 'must be on or off' }).transform((value) => value === 'on');
  return option(words, schema as z.ZodType<boolean, string>);
}

export function integerOption(words: Words, { min, max }: { min: number; max: number }): Option<number> {
  const error = `must be a whole number from ${min} to ${max}`;
  return numeric(words, error, (value) => Number.isInteger(value) && value >= min && value <= max);
}

export function numberOption(words: Words, { above, max }: { above: number; max: number }): Option<number> {
  return numeric(words, `must be a number above ${above} and up to ${max}`, (value) => value > above && value <= max);
}

function numeric(words: Words, error: string, isGood: (value: number) => boolean): Option<number> {
  const schema = z
    .string()
    .refine((text) => /^\d+(\.\d+)?$/.test(text) && isGood(Number(text)), { error })
    .transform(Number);
  return option(words, schema as z.ZodType<number, string>);
}

/** An address of one of the protocols; the value is not repeated in the message, since it may hold a password. */
export function urlOption(words: Words, protocols: readonly string[]): Option<string> {
  const error = `must be an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  const isGood = (text: string): boolean => URL.canParse(text) && protocols.includes(new URL(text).protocol);
  return option(words, z.string().refine(isGood, { error }));
}
