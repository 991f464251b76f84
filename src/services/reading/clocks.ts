import type { ReadClocks } from '../../unify/state-relation.ts';

/** The times something is read at; whatever hangs off what was read is read at the same. */
export interface Clocks extends ReadClocks {
  /** Equal for equal times; part of the key of every loader. */
  readonly key: string;
}

/** What is now, by all that is known. */
export const NOW: Clocks = Object.freeze({ asOf: null, knownAt: null, key: '' });

/** The clocks of the arguments `asOf` and `knownAt`; what is left out is taken from `inherited`. */
export function clocksOf(args: { asOf?: Date | null; knownAt?: Date | null }, inherited: Clocks = NOW): Clocks {
  const asOf = args.asOf ?? inherited.asOf;
  const knownAt = args.knownAt ?? inherited.knownAt;
  if (!asOf && !knownAt) return NOW;
  return Object.freeze({ asOf, knownAt, key: `${asOf?.toISOString() ?? ''}/${knownAt?.toISOString() ?? ''}` });
}
