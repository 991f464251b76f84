import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { sql } from 'kysely';
import { RUN_CHANNEL } from '../../src/database/channels.ts';
import { createRunFollower, type RunFollower } from '../../src/services/runs/follow-runs.ts';
import { loadGround } from '../api/support/june-hub.ts';
import { operationDocuments } from '../api/support/operations.ts';
import { startHub, type TestHub } from '../api/support/start-hub.ts';
import { useDatabase } from '../support/database.ts';

const store = useDatabase();
let follower: RunFollower;
let hub: TestHub;

beforeAll(async () => {
  await loadGround(store.database());
  follower = createRunFollower(store.database());
  hub = await startHub(store.database());
});
afterAll(async () => {
  await follower.stop();
  await hub.stop();
});

const db = () => store.em().getKysely();
const notify = (run: number) => sql`select pg_notify(${RUN_CHANNEL}, ${String(run)})`.execute(db());

/** A run that has begun; ended at once, so that the next one may begin. */
async function begin(source: string): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at, finished_at)
    values (${source}, 'request', 'SUCCEEDED', 'test', now(), now(), now()) returning id`.execute(db());
  const id = Number(rows[0]?.id);
  await notify(id);
  return id;
}

describe('following runs', () => {
  test('gives the runs of one source, or of all, in the order they are told of', async () => {
    const ofKhcn = follower.follow('khcn');
    const ofAll = follower.follow(null);
    const [firstOfKhcn, firstOfAll] = [ofKhcn.next(), ofAll.next()];
    // Both listen once a run that was told of has come through.
    const marker = await untilHeard(firstOfKhcn);
    expect((await firstOfAll).value).toBe(marker);
    const other = await begin('vnpt');
    const own = await begin('khcn');
    expect(await nextAfter(marker, ofKhcn)).toBe(own);
    expect([await nextAfter(marker, ofAll), await nextAfter(other, ofAll)]).toEqual([other, own]);
    await Promise.all([ofKhcn.return?.(), ofAll.return?.()]);
  });

  test('ends at once when told to, though nothing ever happens', async () => {
    const runs = follower.follow('dvcqg');
    const waiting = runs.next();
    await runs.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  test('ends with its signal', async () => {
    const ending = new AbortController();
    const waiting = follower.follow(null, ending.signal).next();
    ending.abort();
    expect((await waiting).done).toBe(true);
  });
});

/** The next run later than that one, which may have been told of more than once. */
async function nextAfter(run: number, runs: AsyncIterator<number>): Promise<number> {
  const { value } = await runs.next();
  return value > run ? value : nextAfter(run, runs);
}

/** Tells of runs of khcn until the follower has heard of one; a notification before it listens is lost. */
async function untilHeard(first: Promise<IteratorResult<number>>): Promise<number> {
  let heard: number | undefined;
  void first.then(({ value }) => {
    heard = value;
  });
  const run = await begin('khcn');
  while (heard === undefined) {
    await notify(run);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return heard;
}

test('syncRunProgress tells how a run goes on, over WebSocket', async () => {
  const client = createClient({ url: hub.wsUrl, retryAttempts: 0 });
  const query = operationDocuments().find(({ file }) => file === 'watch-sync-runs.graphql')?.text ?? '';
  const results = client.iterate<{ syncRunProgress: { state: string; number: number; source: object } }>({
    query,
    variables: { source: 'khcn' },
  });
  const first = results.next();
  let answer: Awaited<typeof first> | undefined;
  void first.then((value) => {
    answer = value;
  });
  const run = await begin('khcn');
  while (!answer) {
    await notify(run);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(answer.value?.data?.syncRunProgress).toMatchObject({
    number: run,
    state: 'SUCCEEDED',
    source: { code: 'khcn' },
  });
  await results.return?.();
  await client.dispose();
});
