import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHub } from '../harness/hub.ts';
import type { BenchContext } from '../harness/options.ts';
import type { Section } from '../harness/report.ts';
import { median } from '../harness/statistics.ts';

/** Seconds to the line `ready`: the first start on a new data directory, and the next one on the same. */
async function startTwice(root: string): Promise<{ first: number; again: number }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lienthong-start-'));
  try {
    const env = { DATA_DIR: dataDir, SANDBOX: 'on', SANDBOX_PORT: '0' };
    const first = await startHub(root, env);
    await first.stop();
    const again = await startHub(root, env);
    await again.stop();
    return { first: first.readyAfterMs / 1000, again: again.readyAfterMs / 1000 };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

export async function startTime(context: BenchContext): Promise<Section> {
  const rounds = context.isQuick ? 1 : 5;
  const times: { first: number; again: number }[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(await startTwice(context.root));
  return {
    name: 'start',
    title: 'Start: from `lienthong start` to ready',
    setting: `Embedded PostgreSQL, sandbox on; the median of ${rounds}.`,
    rows: [
      { what: 'a new data directory', value: median(times.map(({ first }) => first)), unit: 's', target: 'at most 5' },
      { what: 'the same again', value: median(times.map(({ again }) => again)), unit: 's' },
    ],
  };
}
