import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDirectoryInUseError } from '../../src/database/embedded/data-directory-lock.ts';
import { type EmbeddedServer, startEmbedded } from '../../src/database/embedded/start-embedded.ts';
import { silentLogger } from '../../src/lib/logger.ts';

const PREFIX = 'lienthong-test-';
/** What may be lost when the machine loses power is of no use to a test, and waiting for the disk takes time. */
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

export interface TestServer {
  readonly server: EmbeddedServer;
  readonly directory: string;
}

declare global {
  var lienthongTestServer: TestServer | undefined;
}

/**
 * Starts one server for all files of this run of jest, on a port and in a directory of its own, so that runs do not
 * meet. With TEST_DATABASE_URL the tests use that server and none is started.
 */
export default async function setUpServer(): Promise<void> {
  if (process.env.TEST_DATABASE_URL) {
    process.env.LIENTHONG_TEST_SERVER_URL = process.env.TEST_DATABASE_URL;
    return;
  }
  await removeLeftServers();
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  const server = await startEmbedded({
    dataDir: directory,
    logger: silentLogger,
    isDurable: false,
    settings: SETTINGS,
  });
  globalThis.lienthongTestServer = { server, directory };
  process.env.LIENTHONG_TEST_SERVER_URL = server.url;
}

/** Of runs that were killed: starting on their directory stops the server that they left. */
async function removeLeftServers(): Promise<void> {
  const names = await readdir(tmpdir());
  for (const directory of names.filter((name) => name.startsWith(PREFIX)).map((name) => join(tmpdir(), name))) {
    try {
      const left = await startEmbedded({ dataDir: directory, logger: silentLogger, isDurable: false });
      await left.stop();
      await rm(directory, { recursive: true, force: true });
    } catch (error) {
      if (error instanceof DataDirectoryInUseError) continue;
      await rm(directory, { recursive: true, force: true });
    }
  }
}
