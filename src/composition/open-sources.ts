import { connectors } from '../../connectors/index.ts';
import type { Config, Environment } from '../config/index.ts';
import { ConfigurationError } from '../errors/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { ConfiguredSource } from '../sync/configured-source.ts';
import { configureSources, loadSources } from '../sync/load-sources.ts';
import { type OpenSandbox, openSandbox } from './open-sandbox.ts';
import { sourceSurroundings } from './source-surroundings.ts';

export interface OpenSources {
  readonly sources: readonly ConfiguredSource[];
  /** The clock that the sources live in. */
  readonly domainClock: Clock;
  readonly sandbox: OpenSandbox | undefined;
  stop(): Promise<void>;
}

/** The sources of the file that SOURCES names, or those of the sandbox, which is opened for them. */
export async function openSources(parts: {
  config: Pick<Config, 'sourcesFile' | 'sandbox' | 'dataDir' | 'sandboxPort' | 'sandboxSpeed'>;
  env: Environment;
  clock: Clock;
}): Promise<OpenSources> {
  const { config, env, clock } = parts;
  if (config.sourcesFile !== undefined) {
    const sources = await loadSources(config.sourcesFile, sourceSurroundings(), env);
    return { sources, domainClock: clock, sandbox: undefined, stop: async () => {} };
  }
  if (!config.sandbox) {
    throw new ConfigurationError(
      'There is nothing to read: set SOURCES to the file of your sources, or SANDBOX=on to see the facts of June 2025.',
    );
  }
  const sandbox = await openSandbox({ config, clock });
  return {
    sources: configureSources(sandbox.file, connectors, sandbox.credentials),
    domainClock: sandbox.clock,
    sandbox,
    stop: sandbox.stop,
  };
}
