import { readFile } from 'node:fs/promises';
import type { Connector } from '../../connectors/kit/connector.ts';
import type { SourceFile } from '../../connectors/kit/source-file.ts';
import { ConfigurationError } from '../errors/index.ts';
import type { ConfiguredSource } from './configured-source.ts';
import { checkFile } from './source-file/check-file.ts';
import type { Surroundings } from './source-file/check-source.ts';
import type { FileProblem } from './source-file/json-document.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the file that SOURCES names, and brings its sources together with their connectors and credentials.
 * @param environment where the file's variables are looked up; an empty one counts as missing.
 * @throws ConfigurationError with every mistake at once, each with its place in the file; names variables, never values.
 */
export async function loadSources(
  path: string,
  around: Surroundings,
  environment: Environment,
): Promise<ConfiguredSource[]> {
  const { sources, problems, unset } = await checkSourceFile(path, around, environment);
  const mistakes = [
    ...problems.map(({ place, message }) => `SOURCES: ${path}${place}: ${message}`),
    ...unset.map(
      ({ source, variable, credential }) => `Source ${source}: set ${variable}, which holds its ${credential}.`,
    ),
  ];
  if (mistakes.length > 0) throw new ConfigurationError(mistakes);
  return configureSources({ sources: [...sources] }, around.connectors, environment);
}

/** A variable that a source names and the environment does not have. */
export interface UnsetVariable {
  readonly source: string;
  readonly variable: string;
  readonly credential: string;
}

/**
 * Says everything that is wrong with a file of sources.
 * @throws ConfigurationError where the file cannot be read.
 */
export async function checkSourceFile(
  path: string,
  around: Surroundings,
  environment: Environment,
): Promise<{ sources: SourceFile['sources']; problems: readonly FileProblem[]; unset: readonly UnsetVariable[] }> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigurationError(`SOURCES: the file ${path} cannot be read (${cause.code ?? 'unknown'}).`, { cause });
  });
  const { sources, problems } = checkFile(text, around);
  const unset = sources.flatMap(({ id, credentials }) =>
    Object.entries(credentials)
      .filter(([, variable]) => !environment[variable])
      .map(([credential, variable]) => ({ source: id, variable, credential })),
  );
  return { sources: [...sources], problems, unset };
}

/**
 * Brings the sources of a file together with their connectors and the values of their credentials.
 * @throws ConfigurationError with every mistake at once; names variables, never values.
 */
export function configureSources(
  file: Pick<SourceFile, 'sources'>,
  connectors: ReadonlyMap<string, Connector>,
  environment: Environment,
): ConfiguredSource[] {
  const problems: string[] = [];
  const sources: ConfiguredSource[] = [];
  for (const definition of file.sources) {
    const connector = connectors.get(definition.connector);
    if (!connector) {
      problems.push(`Source ${definition.id}: there is no connector "${definition.connector}".`);
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
