import * as z from 'zod';
import type { Connector } from '../../connectors/kit/connector.ts';
import { sourceFileSchema } from '../../connectors/kit/source-file.ts';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { factKindNames } from '../../schema/kinds/index.ts';
import { measurementKinds } from '../../schema/kinds/measurements.ts';

type JsonObject = { [name: string]: Json };

/**
 * The JSON schema of the file that SOURCES names, for editors: beside the shape of an entry it knows what each connector
 * wants to be configured with. The hub itself checks more (`lienthong sources --check-file`).
 */
export function buildSourcesSchema(connectors: ReadonlyMap<string, Connector>): JsonObject {
  const schema = z.toJSONSchema(sourceFileSchema, { io: 'input' }) as JsonObject;
  const sources = (schema.properties as JsonObject).sources as JsonObject;
  const entry = sources.items as JsonObject;
  const specs = [...connectors.values()].map((connector) => connector.spec());
  const properties = entry.properties as JsonObject;
  properties.connector = {
    description: 'The connector that reads it.',
    enum: specs.map(({ id }) => id),
    enumDescriptions: specs.map(({ title }) => title),
  };
  nameKinds(properties.precedence as JsonObject);
  const voice = (properties.voices as JsonObject).additionalProperties as JsonObject;
  nameKinds((voice.properties as JsonObject).precedence as JsonObject);
  entry.allOf = specs.map(({ id, config, credentials }) => ({
    if: { properties: { connector: { const: id } }, required: ['connector'] },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: { properties: { config: withoutDialect(config), credentials: credentialsOf(credentials) } },
  }));
  return {
    $schema: schema.$schema as Json,
    title: 'Sources of Liên Thông',
    description: 'The file that SOURCES names: what the hub reads, how often, and what it counts for.',
    ...withoutDialect(schema),
  };
}

/** Lets an editor offer the kinds, without forbidding others: an older hub knows fewer. */
function nameKinds(precedence: JsonObject): void {
  const rank = precedence.additionalProperties as Json;
  const kinds = ['default', ...factKindNames, ...Object.keys(measurementKinds)];
  precedence.properties = Object.fromEntries(kinds.map((kind) => [kind, rank]));
  precedence.required = ['default'];
}

function credentialsOf(names: readonly string[]): JsonObject {
  const variable = { type: 'string', description: 'The environment variable that holds it.' };
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, variable])),
    required: [...names],
    additionalProperties: false,
  };
}

function withoutDialect(schema: Json): JsonObject {
  const { $schema: _dialect, ...rest } = schema as JsonObject;
  return rest as JsonObject;
}
