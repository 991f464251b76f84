import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { startHub } from '../harness/hub.ts';

/** A June that is over in seconds. */
const SPEED = '80000';
const DEADLINE_MS = 120_000;
const SETTLED_ROUNDS = 4;

/** Fills a database with what the sandbox says of the days of June, through the connectors; the log as it came. */
export async function fillWithJune(root: string, databaseUrl: string): Promise<void> {
  const hub = await startHub(root, {
    DATABASE_URL: databaseUrl,
    SANDBOX: 'on',
    SANDBOX_SPEED: SPEED,
    SANDBOX_PORT: '0',
  });
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const until = Date.now() + DEADLINE_MS;
    let settled = 0;
    for (let before = -1; settled < SETTLED_ROUNDS; ) {
      if (Date.now() > until) throw new Error('the facts of June had not come after two minutes');
      await delay(2000);
      const { rows } = await client.query(
        'select (select count(*)::int from deployment) as deployments, (select count(*)::int from readiness) as readiness, (select count(*)::int from link) as links',
      );
      const { deployments, readiness, links } = rows[0];
      settled = deployments === 170 && readiness === 884 && links === before ? settled + 1 : 0;
      before = links;
    }
  } finally {
    await client.end();
    await hub.stop();
  }
}
