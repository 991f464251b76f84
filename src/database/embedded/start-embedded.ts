import type { Logger } from '../../lib/logger.ts';
import { clusterLink, placeCluster } from './cluster-place.ts';
import { readConnection } from './connection-file.ts';
import { lockDataDirectory } from './data-directory-lock.ts';
import { clearLeftServer } from './postmaster-file.ts';
import { prepareCluster } from './prepare-cluster.ts';
import { findPrograms } from './programs.ts';
import { type EmbeddedServer, type PreparedCluster, RunningServer } from './running-server.ts';
import { chooseServerUser } from './system-user.ts';

export type { EmbeddedServer } from './running-server.ts';

export interface EmbeddedOptions {
  /** The hub's data directory; the cluster lies in `postgres` below it. Made if it is not there. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** Cuts the start short; afterwards `stop` ends the server. */
  readonly signal?: AbortSignal;
  /** Told, in words for a person, what takes a moment. */
  readonly onProgress?: (step: string) => void;
  /** Further settings of the server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** False for data that may be lost with the machine's power, i.e. in tests. Default true. */
  readonly isDurable?: boolean;
}

/**
 * Starts the built-in PostgreSQL on a data directory, alone: a second hub on the directory is refused with
 * {@link ConfigurationError}. Whatever a kill left behind is put right first: a server without its hub is stopped, a
 * half-made cluster thrown away, a stale lock taken over; the server itself recovers what was committed.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const lock = await lockDataDirectory(options.dataDir);
  let server: RunningServer | undefined;
  try {
    server = new RunningServer(await prepare(options), options, () => lock.release());
    await server.start();
    return server;
  } catch (error) {
    await (server ? server.stop() : lock.release());
    throw error;
  }
}

async function prepare(options: EmbeddedOptions): Promise<PreparedCluster> {
  const { dataDir, logger, signal, onProgress, isDurable = true } = options;
  const user = await chooseServerUser(clusterLink(dataDir));
  const [programs, cluster, connection] = await Promise.all([
    findPrograms(user),
    placeCluster(dataDir, user),
    readConnection(dataDir),
  ]);
  await clearLeftServer(cluster, signal);
  onProgress?.('starting the built-in PostgreSQL');
  const shared = { programs, user, logger, ...(signal ? { signal } : {}) };
  await prepareCluster(cluster, dataDir, { ...shared, connection, isDurable });
  const { isNew: _isNew, ...recorded } = connection;
  return { ...shared, cluster, connection: recorded, settings: options.settings ?? {} };
}
