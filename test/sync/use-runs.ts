import { beforeAll, beforeEach } from '@jest/globals';
import { loadReference } from '../../seeds/reference.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { useDatabase } from '../support/database.ts';
import { pagesOf, standInSource } from './stand-in.ts';

const never = new AbortController().signal;

/** A store with reference data and the sources `stand-in` and `other`, emptied before each test, and how runs are asked for. */
export function useRuns() {
  const db = useDatabase();
  beforeAll(async () => {
    await loadReference(db.em());
    const sources = [standInSource(pagesOf()), standInSource(pagesOf(), { id: 'other' })];
    const definitions = sources.map(({ definition }) => definition);
    await registerSources(db.em(), definitions, { simulated: true, now: new Date() });
  });
  beforeEach(async () => {
    await db
      .em()
      .execute('truncate observation, deployment, change, conflict, sync_run, rejection, checkpoint, service_health');
  });
  return {
    db,
    request: (source = standInSource(pagesOf()), over = {}) =>
      ({ source, trigger: 'schedule', signal: never, ...over }) as const,
    all: (sql: string) => db.em().execute(sql),
  };
}
