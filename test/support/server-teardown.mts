import { rm } from 'node:fs/promises';
import type { TestServer } from './server-setup.mts';

export default async function tearDownServer(): Promise<void> {
  const started: TestServer | undefined = globalThis.lienthongTestServer;
  if (!started) return;
  await started.server.stop();
  await rm(started.directory, { recursive: true, force: true });
}
