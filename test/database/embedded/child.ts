/**
 * A hub's share of the built-in server, as a process of its own that tests start as another user, kill, or start twice.
 * Prints one line of JSON: what was started, or why not. Ends cleanly on SIGTERM.
 */
import { startEmbedded } from '../../../src/database/embedded/start-embedded.ts';
import { silentLogger } from '../../../src/lib/logger.ts';

const dataDir = process.argv[2] as string;
try {
  const server = await startEmbedded({ dataDir, logger: silentLogger, isDurable: false });
  process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
  console.log(JSON.stringify({ url: server.url, pid: server.pid, user: process.getuid?.() }));
  setInterval(() => undefined, 60_000);
} catch (error) {
  const { name, message, code } = error as Error & { code?: string };
  console.log(JSON.stringify({ failed: { name, message, code } }));
}
