import { afterEach, beforeAll, beforeEach } from '@jest/globals';
import { createSharedState, type SharedState } from '../../connectors/kit/shared-state.ts';
import { loadReference } from '../../seeds/reference.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import { type ReplayRejectionsRequest, replayRejections } from '../../src/sync/replay-rejections.ts';
import { type ReplayRequest, replayRun } from '../../src/sync/replay-run.ts';
import { type RunDependencies, type RunRequest, runSource } from '../../src/sync/run-source.ts';
import { type ScriptedAnswer, type ScriptedServer, startScripted } from '../connectors/support/scripted-server.ts';
import { useDatabase } from '../support/database.ts';
import { type Mending, mendableSource, type SystemRecord } from './mendable-source.ts';
import { runDependencies } from './stand-in.ts';

export const DAY_MS = 86_400_000;
export const BEGIN = new Date('2025-06-27T05:15:00Z');
/** The mapping and contract before they are mended. */
export const OLD: Mending = { version: '1', codes: { '1': 'READY' } };

export const systems = (...records: SystemRecord[]): ScriptedAnswer => ({ body: { systems: records } });

/**
 * An empty database, an upstream that answers what a test says, and a clock that the test moves; between them the source
 * `mendable`, read, replayed and tried again by whatever mapping is given. Call it once at the top of a file.
 */
export function useMendableHub() {
  const db = useDatabase();
  const signal = new AbortController().signal;
  const answers: Record<string, ScriptedAnswer> = {};
  let server: ScriptedServer;
  let shared: SharedState;
  let now = BEGIN;

  const all = (sql: string) => db.em().execute(sql);
  const source = (mending: Mending, over = {}) => mendableSource(server.baseUrl, mending, over);
  const dependencies = (over: Partial<RunDependencies> = {}) =>
    runDependencies(db.database(), {
      shared,
      clock: { now: () => now },
      domainClock: { now: () => now },
      raw: { keptMs: 3 * DAY_MS, maxSourceBytes: 2 ** 30 },
      ...over,
    });

  beforeAll(async () => {
    await loadReference(db.em());
    const { definition } = mendableSource('http://127.0.0.1', OLD);
    await registerSources(db.em(), [definition], { simulated: true, now: BEGIN });
  });
  beforeEach(async () => {
    await all(`truncate observation, deployment, change, conflict, sync_run, rejection, checkpoint, source_notice,
      raw_answer, raw_answer_part restart identity`);
    await all('update source set ttl_seconds = null');
    now = BEGIN;
    for (const path of Object.keys(answers)) delete answers[path];
    answers['/later'] = systems();
    server = await startScripted((_nth, { url = '' }) => answers[url] ?? { status: 404 });
    shared = createSharedState();
  });
  afterEach(async () => {
    shared.close();
    await server.stop();
  });

  return {
    db,
    all,
    /** By path; what is not there answers 404. */
    answers,
    source,
    dependencies,
    server: () => server,
    now: () => now,
    pass: (ms: number): void => {
      now = new Date(now.getTime() + ms);
    },
    read: async (mending: Mending, over: Partial<RunRequest> = {}) =>
      runSource(await dependencies(), { source: source(mending), trigger: 'schedule', signal, ...over }),
    replay: async (mending: Mending, over: Partial<ReplayRequest> = {}) =>
      replayRun(await dependencies(), { source: source(mending), trigger: 'replay', signal, ...over }),
    retry: async (mending: Mending, over: Partial<ReplayRejectionsRequest> = {}) =>
      replayRejections(await dependencies(), { source: source(mending), signal, ...over }),
    statuses: () => all('select province_code as province, status from deployment order by 1'),
  };
}
