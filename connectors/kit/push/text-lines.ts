/** Where the lines of a text begin, so that the line of any place in it is found by halving. */
export class TextLines {
  /** Offsets after each line break: LF, CR LF, or CR alone. */
  readonly #begins: readonly number[];

  constructor(text: string | Buffer) {
    const at = typeof text === 'string' ? (index: number) => text.charCodeAt(index) : (index: number) => text[index];
    const begins: number[] = [];
    for (let index = 0; index < text.length; index += 1) {
      const code = at(index);
      if (code === 0x0a || (code === 0x0d && at(index + 1) !== 0x0a)) begins.push(index + 1);
    }
    this.#begins = begins;
  }

  /** The line of an offset, from 1; a line break belongs to the line that it ends. */
  at(offset: number): number {
    let from = 0;
    let to = this.#begins.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#begins[middle] as number) <= offset) from = middle + 1;
      else to = middle;
    }
    return from + 1;
  }
}
