import type { ConnectorContext } from '../../connectors/kit/connector.ts';
import { createSharedState, type SharedState } from '../../connectors/kit/shared-state.ts';
import { openSources } from '../composition/open-sources.ts';
import { loadConfig } from '../config/index.ts';
import type { Database } from '../database/open-database.ts';
import { NotFoundError } from '../errors/index.ts';
import { type Clock, realClock } from '../lib/clock.ts';
import { silentLogger } from '../lib/logger.ts';
import type { ConfiguredSource } from '../sync/configured-source.ts';
import { type RawLimits, rawLimitsOf } from '../sync/raw/raw-limits.ts';
import { connectorContext } from '../sync/run-parts.ts';
import { createCoordination } from '../sync/upstream/create-coordination.ts';
import type { Terminal } from './terminal.ts';

export interface SourceWork {
  readonly source: ConfiguredSource;
  readonly domainClock: Clock;
  /** Whether it is a source of the sandbox. */
  readonly isSimulated: boolean;
  readonly shared: SharedState;
  readonly raw: RawLimits;
  /** For `check` and `read`: as a run would have it, without what earlier runs left. */
  readonly context: ConnectorContext;
}

/**
 * Runs `work` with one source of the file of sources, or of the sandbox: the running hub's, else one that is started for
 * the moment.
 * @param database where sessions and limits of upstreams are shared with the workers of the hub; without it this process
 * has them for itself.
 * @throws NotFoundError naming the sources there are.
 */
export async function withSource<Result>(
  terminal: Terminal,
  sourceId: string,
  work: (parts: SourceWork) => Promise<Result>,
  database?: Database,
): Promise<Result> {
  const config = loadConfig(terminal.env);
  const opened = await openSources({ config, env: terminal.env, clock: realClock });
  const shared = createSharedState(database ? { coordination: createCoordination({ database }) } : {});
  try {
    const source = opened.sources.find(({ definition }) => definition.id === sourceId);
    if (!source) throw new UnknownSourceError(sourceId, opened.sources);
    const { domainClock } = opened;
    const parts = { clock: realClock, domainClock, random: Math.random, logger: silentLogger, shared };
    const given = connectorContext(parts, source, { signal: terminal.signal, checkpoints: {} });
    return await work({
      source,
      domainClock,
      isSimulated: opened.sandbox !== undefined,
      shared,
      raw: rawLimitsOf(config),
      context: { ...given, isTrial: true },
    });
  } finally {
    shared.close();
    await opened.stop();
  }
}

class UnknownSourceError extends NotFoundError {
  constructor(id: string, sources: readonly ConfiguredSource[]) {
    super('source', id);
    const ids = sources.map(({ definition }) => definition.id);
    this.message += ` There are: ${ids.length > 12 ? `${ids.slice(0, 12).join(', ')}, … (${ids.length})` : ids.join(', ')}.`;
  }
}
