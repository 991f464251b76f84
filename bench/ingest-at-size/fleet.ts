import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../../src/database/open-database.ts';
import { type RunningHub, startHub } from '../harness/hub.ts';

const CREDENTIALS = { EMC_USERNAME: 'bench', EMC_PASSWORD: 'bench' };
const POLL_MS = 250;
/** Milliseconds within which a run of the whole day has to be over. */
const LIMIT_MS = 15 * 60_000;

export interface Worker extends RunningHub {
  readonly directory: string;
}

/** A worker whose only source is EMC, asked for communes from that day on, again a few seconds after each run. */
export async function startWorker(root: string, databaseUrl: string, standIn: string, day: string): Promise<Worker> {
  const directory = await mkdtemp(join(tmpdir(), 'lienthong-bench-worker-'));
  const file = join(directory, 'sources.json');
  await writeFile(file, JSON.stringify({ sources: [emcSource(standIn, day)] }));
  const env = { DATABASE_URL: databaseUrl, ROLE: 'worker', SOURCES: file, DATA_DIR: directory, ...CREDENTIALS };
  const hub = await startHub(root, { ...env, NODE_ENV: 'production' });
  const stop = () => hub.stop().then(() => rm(directory, { recursive: true, force: true }));
  return { ...hub, directory, stop };
}

export const standInCredentials = { username: CREDENTIALS.EMC_USERNAME, password: CREDENTIALS.EMC_PASSWORD };

const emcSource = (baseUrl: string, firstDay: string) => ({
  id: 'emc',
  connector: 'emc',
  name: 'EMC',
  config: {
    baseUrl,
    firstDay,
    level: 'commune',
    // A day of the whole country is 200 MB and takes minutes.
    maxResponseBytes: 1024 ** 3,
    requestDeadlineMs: 600_000,
    timeBudgetMs: LIMIT_MS,
  },
  credentials: { username: 'EMC_USERNAME', password: 'EMC_PASSWORD' },
  schedule: { everySeconds: 5 },
  ttl: null,
  precedence: { default: 10 },
});

export interface FinishedRun {
  readonly seconds: number;
  readonly accepted: number;
  readonly unchanged: number;
}

/** The `number`th run of EMC, once it is over; throws for one that did not succeed. */
export async function finishedRun(database: Database, number: number): Promise<FinishedRun> {
  const until = performance.now() + LIMIT_MS;
  while (performance.now() < until) {
    const [run] = await database
      .fork()
      .execute<{ state: string; seconds: number; accepted: number; unchanged: number; error_message: string | null }[]>(
        `select state, extract(epoch from finished_at - started_at)::float8 as seconds, accepted, unchanged, error_message
        from sync_run where source_id = 'emc' and finished_at is not null order by id offset ? limit 1`,
        [number - 1],
      );
    if (run?.state === 'SUCCEEDED') return run;
    if (run) throw new Error(`run ${number} of emc ended ${run.state}: ${run.error_message}`);
    await pause(POLL_MS);
  }
  throw new Error(`run ${number} of emc was not over after ${LIMIT_MS / 60_000} minutes`);
}
