import * as z from 'zod';

/**
 * What each option of `Options` has to be. The compiler checks that none is left out; types are gone by the time a connector
 * loads, and a misspelt option would be as if it were not there.
 */
export type OptionChecks<Options> = { readonly [Name in keyof Options]-?: z.ZodType };

export const aFunction = z.custom<never>((value) => typeof value === 'function', 'has to be a function');
export const anObject = z.custom<never>((value) => typeof value === 'object' && value !== null, 'has to be an object');
export const aText = z.string().min(1, 'must not be empty');
export const aCount = z.int().min(1, 'has to be at least 1');
export const aDuration = z.number().positive('has to be more than 0 milliseconds');
export const aMargin = z.number().nonnegative('must not be below 0 milliseconds');
export const aRegExp = z.instanceof(RegExp, { error: 'has to be a regular expression' });
export const someNames = z.array(aText).min(1, 'must not be empty');

/** Why options make no sense: those that nobody knows, and those that are not what they have to be. Empty where all is well. */
export function optionMistakes<Options extends object>(checks: OptionChecks<Options>, options: Options): string[] {
  return mistakesOf(z.strictObject(checks as z.ZodRawShape), options);
}

/** The same for options within options; a schema for use among {@link OptionChecks}. */
export const optionsOf = <Options extends object>(checks: OptionChecks<Options>): z.ZodType =>
  z.strictObject(checks as z.ZodRawShape);

/** Throws a TypeError, when the connector loads, for options that make no sense; `more`: reasons beside those of each. */
export function checkOptions<Options extends object>(
  what: string,
  checks: OptionChecks<Options>,
  options: Options,
  more: readonly (string | false | undefined)[] = [],
): void {
  const reasons = [...optionMistakes(checks, options), ...more.filter((reason) => reason)];
  if (reasons.length > 0) throw new TypeError(`${what}: ${reasons.join('; ')}`);
}

function mistakesOf(schema: z.ZodType, options: unknown): string[] {
  return (schema.safeParse(options).error?.issues ?? []).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `the kit knows no option ${[...issue.path, key].map(String).join('.')}`);
    }
    return [`${issue.path.map(String).join('.')} ${issue.message}`.trim()];
  });
}
