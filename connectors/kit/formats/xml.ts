import { aText, checkOptions, type OptionChecks, someNames } from '../check-options.ts';
import type { Format } from './format.ts';
import { readJson } from './json.ts';
import { looksLikeJson, textChunks } from './text-of.ts';
import { createXmlReader, type XmlOptions } from './xml-reader.ts';

const CHECKS: OptionChecks<XmlOptions> = { namespace: aText.optional(), lists: someNames.optional() };

/** One XML document, as {@link createXmlReader} gives it: never as a whole text in memory, but as a whole value. */
export function xmlFormat(options: XmlOptions = {}): Format {
  checkOptions('xml', CHECKS, options);
  return {
    name: 'xml',
    accept: 'application/xml, text/xml;q=0.9, application/json;q=0.5',
    async *read(input) {
      if (looksLikeJson(input)) {
        yield await readJson(input);
        return;
      }
      const reader = createXmlReader(options);
      for await (const text of textChunks(input, { isMarkup: true })) reader.write(text);
      yield reader.end();
    },
  };
}
