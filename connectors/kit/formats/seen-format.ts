import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { Format, FormatInput } from './format.ts';

/** A format that notes how the body that it read last begins, for whoever is to tell what could not be read. */
export class SeenFormat implements Format {
  readonly name: string;
  readonly accept: string;
  beginning = '';

  constructor(private readonly format: Format) {
    this.name = format.name;
    this.accept = format.accept;
  }

  read(input: FormatInput): AsyncIterable<Json> {
    this.beginning = input.body.beginning();
    return this.format.read(input);
  }
}

/** A format of answers whose status says all: their body may be empty too, and then gives null. */
export function orEmpty(format: Format): Format {
  return {
    ...format,
    async *read(input) {
      if (input.body.bytes === 0) yield null;
      else yield* format.read(input);
    },
  };
}
