import { expect, test } from '@jest/globals';
import { listen } from '../../src/database/listen.ts';
import { migrate } from '../../src/database/migrate.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { openQueueBackend } from '../../src/jobs/queue-backend.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { useDatabase } from '../support/database.ts';

const db = useDatabase();

async function withDatabase(
  url: string,
  work: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<unknown>,
) {
  const database = await openDatabase({ url, applicationName: 'cut' });
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

/** Everything in the hub that makes connections to PostgreSQL. */
const users: Record<string, (url: string) => Promise<void>> = {
  'a transaction': (url) =>
    withDatabase(url, (database) =>
      database.fork().transactional(async (em) => {
        await em.execute('select 1');
        await em.execute('select 2');
      }),
    ),
  'a listener': async (url) => {
    let heard = 0;
    const listener = await listen(url, ['cut'], () => heard++);
    const hears = await waitUntil(
      async () => {
        await db.em().execute(`select pg_notify('cut', '')`);
        return heard > 0;
      },
      { limitMs: 10_000 },
    );
    await listener.close();
    expect(hears).toBe(true);
  },
  'the migrations': (url) => withDatabase(url, (database) => migrate(database)),
  'the job queue': async (url) => {
    const backend = await openQueueBackend({ databaseUrl: url, installation: 'cut' });
    const queue = backend.createQueue('lienthong', {});
    const troubles: Error[] = [];
    queue.on('error', (error) => troubles.push(error));
    let done = 0;
    const worker = backend.createWorker('lienthong', async () => void done++, {
      autorun: false,
      runRetryDelay: 20,
      lockDuration: 1_000,
      stalledInterval: 500,
    });
    worker.on('error', (error) => troubles.push(error));
    try {
      await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
      const running = worker.run();
      await queue.add('sweep', {});
      expect(await waitUntil(() => done > 0, { limitMs: 20_000 })).toBe(true);
      await worker.close();
      await running;
    } finally {
      await worker.close();
      await queue.close();
      await backend.close();
    }
  },
};

test.each(Object.entries(users))(
  'a server that dies as soon as it has answered fails what is asked of it, and never the process: %s',
  async (_name, use) => {
    let cuts = 0;
    for (let isCut = true; isCut; ) {
      const proxy = await startCuttingProxy(db.url());
      proxy.cutAtReady(cuts + 1);
      // Jest fails the test for an error that nobody listens to. Only the one that is not cut must bring it to its end.
      const outcome = await use(proxy.url).then(
        () => 'done',
        (error: unknown) => error,
      );
      isCut = proxy.hasCut();
      cuts += isCut ? 1 : 0;
      if (isCut) expect(outcome === 'done' || outcome instanceof Error).toBe(true);
      else expect(outcome).toBe('done');
      await proxy.close();
    }
    process.stdout.write(`${_name}: ${cuts} cuts\n`);
    expect(cuts).toBeGreaterThanOrEqual(2);
  },
);
