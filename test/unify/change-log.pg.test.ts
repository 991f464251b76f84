import { sql } from 'kysely';
import { verifyState } from '../../src/unify/recompute.ts';
import { useDatabase } from '../support/database.ts';
import { addSource, changesAfter, deployment, hours, recorded, tell } from './support.ts';

const store = useDatabase();
const WRITERS = 8;
const ROUNDS = 40;

beforeAll(async () => {
  for (let writer = 0; writer < WRITERS; writer++) await addSource(store.em(), `writer-${writer}`, 10 + writer);
});

const STATUSES = ['PREPARING', 'CONFIGURING', 'PILOT', 'READY', 'OPERATING'];
const PROVINCES = ['01', '04', '08', '11', '12'];

async function write(writer: number): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const observations = PROVINCES.filter((_, index) => (writer + round + index) % 3 === 0).map((province, index) =>
      deployment(province, { status: STATUSES[(writer * 7 + round * 3 + index) % 5] as string }, hours(round)),
    );
    await tell(store.em(), `writer-${writer}`, observations, { recordedAt: recorded(round) });
  }
}

test('a reader who has read up to N never meets a number below N later, with many writers at once', async () => {
  let writing = true;
  const seen: number[] = [];
  const reader = (async () => {
    let cursor = 0;
    for (;;) {
      const wasWriting = writing;
      const page = await changesAfter(store.em(), cursor);
      seen.push(...page.map(({ seq }) => seq));
      cursor = page.at(-1)?.seq ?? cursor;
      if (!wasWriting && page.length === 0) return;
    }
  })();
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  writing = false;
  await reader;
  const all = await changesAfter(store.em(), 0);
  expect(seen).toEqual(all.map(({ seq }) => seq));
  expect(seen.length).toBeGreaterThan(WRITERS * 10);
  expect(await verifyState(store.em())).toEqual({ differences: 0, wrongHeads: 0 });
}, 120_000);

test('the changes of a transaction are contiguous and the last one is marked', async () => {
  const all = await changesAfter(store.em(), 0);
  const transactions = Map.groupBy(all, ({ tx }) => tx);
  for (const [tx, changes] of transactions) {
    expect(changes.map(({ seq }) => seq)).toEqual(changes.map((_, index) => tx + index));
    expect(changes.map(({ last }) => last)).toEqual(changes.map((_, index) => index === changes.length - 1));
  }
});

test('each change starts from what the one before left', async () => {
  const held = new Map<string, unknown>();
  for (const change of await changesAfter(store.em(), 0)) {
    const key = `${change.kind} ${change.entityId}`;
    expect(change.before).toEqual(held.get(key) ?? null);
    held.set(key, change.after);
  }
});

test('a transaction that fails leaves nothing in the log', async () => {
  const before = (await changesAfter(store.em(), 0)).length;
  const failing = store.em().transactional(async (tx) => {
    await tell(tx as never, 'writer-0', [deployment('96', { status: 'READY' }, hours(99))]);
    await sql`select 1 / 0`.execute(tx.getKysely() as never);
  });
  await expect(failing).rejects.toThrow();
  expect(await changesAfter(store.em(), 0)).toHaveLength(before);
});
