import { readFile } from 'node:fs/promises';
import type { Connector } from '../../connectors/kit/connector.ts';
import { type SourceFile, sourceFileSchema } from '../../connectors/kit/source-file.ts';
import { ConfigurationError } from '../errors/index.ts';
import type { ConfiguredSource } from './configured-source.ts';

/**
 * Reads and checks the file that SOURCES names.
 * @throws ConfigurationError with every mistake at once, each with its place in the file.
 */
export async function readSourceFile(path: string): Promise<SourceFile> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigurationError(`SOURCES: the file ${path} cannot be read (${cause.code ?? 'unknown'}).`, { cause });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ConfigurationError(`SOURCES: ${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = sourceFileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    parsed.error.issues.map((issue) => `SOURCES: ${issue.path.join('.')}: ${issue.message}`),
  );
}

/**
 * Brings the sources of a file together with their connectors and the values of their credentials.
 * @param environment where the file's variables are looked up; an empty one counts as missing.
 * @throws ConfigurationError with every mistake at once; names variables, never values.
 */
export function configureSources(
  file: SourceFile,
  connectors: ReadonlyMap<string, Connector>,
  environment: Readonly<Record<string, string | undefined>>,
): ConfiguredSource[] {
  const problems: string[] = [];
  const sources: ConfiguredSource[] = [];
  for (const definition of file.sources) {
    const connector = connectors.get(definition.connector);
    if (!connector) {
      const known = [...connectors.keys()].sort().join(', ');
      problems.push(`Source ${definition.id}: there is no connector "${definition.connector}". There are: ${known}.`);
      continue;
    }
    const credentials: Record<string, string> = {};
    for (const name of connector.spec().credentials) {
      const variable = definition.credentials[name];
      const value = variable && environment[variable];
      if (value) credentials[name] = value;
      else if (variable) problems.push(`Source ${definition.id}: set ${variable}, which holds its ${name}.`);
      else problems.push(`Source ${definition.id}: name the variable that holds its ${name} under credentials.`);
    }
    sources.push({ definition, connector, credentials });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return sources;
}
