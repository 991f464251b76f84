import type { CodeMap } from '../code-map.ts';

/** A code map the other way round: by what it means, the word that a stand-in sends. */
export function wordsOf({ codes }: CodeMap<string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(codes).map(([word, meaning]) => [meaning, word]));
}
