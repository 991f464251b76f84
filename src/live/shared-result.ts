/** The result of one execution, serialised once and written to every subscriber of the operation. */
export class SharedResult {
  /** The place a client may resume from after this result. */
  readonly cursor: string;
  /** The seq of the change it tells of; null for the other events. */
  readonly seq: number | null;
  /** The GraphQL result, without line breaks. */
  readonly json: string;
  /** Whether the execution gave errors. */
  readonly hasErrors: boolean;
  readonly #encodings = new Map<string, Buffer>();

  constructor(cursor: string, seq: number | null, json: string, hasErrors: boolean) {
    this.cursor = cursor;
    this.seq = seq;
    this.json = json;
    this.hasErrors = hasErrors;
  }

  /** The bytes of a transport's framing of this result, made by the first who asks and shared by the rest. */
  encodedFor(transport: string, encode: (result: SharedResult) => Buffer): Buffer {
    let bytes = this.#encodings.get(transport);
    if (!bytes) {
      bytes = encode(this);
      this.#encodings.set(transport, bytes);
    }
    return bytes;
  }
}
