import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { connectors } from '../../connectors/index.ts';
import { buildSourcesSchema } from '../../src/composition/sources-schema.ts';

const checkedIn = async () =>
  JSON.parse(await readFile(new URL('../../schema/sources.schema.json', import.meta.url), 'utf8'));

describe('the schema of the file of sources', () => {
  test('is the one that is checked in (npm run emit-schema writes it)', async () => {
    expect(await checkedIn()).toEqual(buildSourcesSchema(connectors));
  });

  test('knows what each connector is configured with, and the names of its credentials', () => {
    const { items } = (buildSourcesSchema(connectors) as never as { properties: { sources: { items: Entry } } })
      .properties.sources;
    expect(items.properties.connector.enum).toEqual([...connectors.keys()]);
    const vnpt = items.allOf.find((rule) => rule.if.properties.connector.const === 'vnpt');
    expect(vnpt?.then.properties.credentials.required).toEqual(['clientId', 'clientSecret']);
    expect(Object.keys(vnpt?.then.properties.config.properties ?? {})).toContain('requestDeadlineMs');
    expect(vnpt?.then.properties.config.additionalProperties).toBe(false);
  });
});

interface Entry {
  readonly properties: { readonly connector: { readonly enum: string[] } };
  readonly allOf: ReadonlyArray<{
    readonly if: { readonly properties: { readonly connector: { readonly const: string } } };
    readonly then: {
      readonly properties: {
        readonly config: { readonly properties: object; readonly additionalProperties: boolean };
        readonly credentials: { readonly required: string[] };
      };
    };
  }>;
}
