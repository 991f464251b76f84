/** What an upstream's code means, or UNMAPPED for one that the map does not know: never a guess. */
export interface MappedCode<Meaning extends string> {
  readonly value: Meaning | 'UNMAPPED';
  /** Goes into the provenance where the code is unmapped. */
  readonly rawCode?: string;
}

/** The codes of one upstream; the same code may mean something else at another. */
export interface CodeMap<Meaning extends string> {
  /** Raised with each change, so that the log tells by which map a code was read. */
  readonly version: string;
  readonly codes: Readonly<Record<string, Meaning>>;
}

export function mapCode<Meaning extends string>(map: CodeMap<Meaning>, rawCode: string): MappedCode<Meaning> {
  return Object.hasOwn(map.codes, rawCode)
    ? { value: map.codes[rawCode] as Meaning }
    : { value: 'UNMAPPED', rawCode: rawCode.slice(0, 100) };
}
