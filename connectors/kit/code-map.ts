import type { ObservationDetail } from '../../schema/observation.ts';

/** What an upstream's code means, or UNMAPPED for one that the map does not know: never a guess. */
export interface MappedCode<Meaning extends string> {
  readonly value: Meaning | 'UNMAPPED';
  /** Of a code that is unmapped; it goes into the provenance by {@link unmappedDetail}. */
  readonly rawCode?: string;
  /** Of the map that does not know it. */
  readonly mapVersion?: string;
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
    : { value: 'UNMAPPED', rawCode: rawCode.slice(0, 100), mapVersion: map.version };
}

/** What goes with a statement whose code is unmapped: the code, and the map that does not know it. Else nothing. */
export function unmappedDetail({ rawCode, mapVersion }: MappedCode<string>): ObservationDetail {
  return {
    ...(rawCode !== undefined && { rawCode }),
    ...(mapVersion !== undefined && { codeMapVersion: mapVersion }),
  };
}
