/**
 * A number in [0, 1) that depends on the seed and the parts only: the same question has the same answer on every
 * machine, in every order of asking. Not for secrets.
 */
export function chance(seed: number, ...parts: readonly (string | number)[]): number {
  // FNV-1a over the text, then the finaliser of MurmurHash3, without which neighbouring texts give neighbouring numbers.
  let hash = 2166136261 ^ seed;
  for (const character of parts.join('|')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** The items in an order that depends on the seed and the label only. */
export function shuffled<T extends string>(seed: number, label: string, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: chance(seed, label, item) }))
    .sort((a, b) => a.rank - b.rank || (a.item < b.item ? -1 : 1))
    .map(({ item }) => item);
}

/** A moment after `from` and at the latest `to`, on a whole second. */
export function momentBetween(seed: number, label: string, from: Date, to: Date): Date {
  const seconds = Math.floor((to.getTime() - from.getTime()) / 1000);
  return new Date(from.getTime() + 1000 * (1 + Math.floor(chance(seed, label) * seconds)));
}
