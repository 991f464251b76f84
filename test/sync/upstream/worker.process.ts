import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { createSharedState } from '../../../connectors/kit/shared-state.ts';
import { readAll } from '../../../connectors/testkit/read-all.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { createValueParsers } from '../../../src/database/value-parsers.ts';
import { createCoordination } from '../../../src/sync/upstream/create-coordination.ts';
import { countedConnector } from './counted-connector.ts';

/**
 * A worker as a process of its own: reads its source as often as it is told to, and says after each time how it went.
 * Begins when it is told to, so that all do at once.
 */
const { url, baseUrl, rate, reads } = JSON.parse(process.argv[2] as string);

// The ORM needs its decorators compiled, and a process of its own has nobody who does that.
const pool = new pg.Pool({ connectionString: url, max: 2, types: createValueParsers() });
const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
const database = { fork: () => ({ getKysely: () => kysely }) } as unknown as Pick<Database, 'fork'>;
const shared = createSharedState({ coordination: createCoordination({ database }) });
const connector = countedConnector(rate);
const outcomes: string[] = [];

process.on('message', async (message) => {
  if (message !== 'read') return;
  for (let nth = 0; nth < reads; nth += 1) {
    const result = await readAll(connector, {
      source: { id: 'counted', config: { baseUrl } },
      credentials: { user: 'hub', password: 'correct horse' },
      checkpoints: {},
      clock: { now: () => new Date() },
      domainClock: { now: () => new Date() },
      random: Math.random,
      signal: new AbortController().signal,
      shared,
    });
    outcomes.push(result.error?.code ?? 'ok');
  }
  process.send?.({ outcomes: outcomes.splice(0) });
});
process.on('disconnect', async () => {
  shared.close();
  await kysely.destroy();
});
process.send?.('ready');
