import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

/** Everything in a document that a reader would send to the hub. */
const blocks = globSync(['*.md', 'docs/**/*.md']).flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map((match, index) => ({
    name: `${path}, block ${index + 1}`,
    source: match[1] as string,
  })),
);
const inCode = [
  { name: 'docs/examples/follow.ts', pattern: /`(subscription [\s\S]*?)`/ },
  { name: 'docs/examples/follow.sh', pattern: /"query": "(.*?)"/ },
  { name: 'bench/fanout/document.ts', pattern: /`(subscription [\s\S]*?)`/ },
].map(({ name, pattern }) => ({ name, source: pattern.exec(readFileSync(name, 'utf8'))?.[1] ?? '' }));

describe('GraphQL in the documents', () => {
  test.each([...blocks, ...inCode])('$name is valid by the schema', ({ source }) => {
    expect(validate(schema, parse(source)).map(({ message }) => message)).toEqual([]);
  });
});
