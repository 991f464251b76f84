import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { sql } from 'kysely';
import { CHANGE_CHANNEL, RUN_CHANNEL, SOURCE_CHANNEL } from '../../../src/database/channels.ts';
import { waitUntil } from '../../../src/lib/wait.ts';
import { createSourceFollower, type SourceFollower } from '../../../src/services/sources/follow-sources.ts';
import { loadGround } from '../../api/support/june-hub.ts';
import { operationDocuments } from '../../api/support/operations.ts';
import { startHub, type TestHub } from '../../api/support/start-hub.ts';
import { useDatabase } from '../../support/database.ts';

const statements: string[] = [];
const store = useDatabase({ onStatement: (text) => statements.push(text) });
let follower: SourceFollower;

const db = () => store.em().getKysely();
const notify = (channel: string, payload: string) => sql`select pg_notify(${channel}, ${payload})`.execute(db());
const everything = () => true;

beforeAll(async () => {
  await loadGround(store.database());
});
beforeEach(() => {
  follower = createSourceFollower({ database: store.database(), readHealth: async () => new Map() });
});

/** A run that ended at once, so that the next one may begin; told of like any other. */
async function run(source: string): Promise<void> {
  const { rows } = await sql<{ id: number }>`
    insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at, finished_at)
    values (${source}, 'request', 'SUCCEEDED', 'test', now(), now(), now()) returning id`.execute(db());
  await notify(RUN_CHANNEL, String(rows[0]?.id));
}

let seq = 0;
/** A change of the log, told of like any other. */
async function change(kind: string, cause: string, sources: string[]): Promise<void> {
  seq += 1;
  await sql`insert into change (seq, tx, last, at, kind, entity_id, operation, attributes, cause, sources)
    values (${seq}, ${seq}, true, now(), ${kind}, 'x', 'CREATED', '{}', ${cause}, ${sources}::text[])`.execute(db());
  await notify(CHANGE_CHANNEL, String(seq));
}

/** Follows, and resolves when the connection listens: what is told before is lost. */
async function follow(isWanted: (code: string) => boolean = everything) {
  const codes = follower.follow({ isWanted, first: ['vnpt'] });
  expect((await codes.next()).value).toBe('vnpt');
  return codes;
}

describe('following sources', () => {
  test.each<[string, () => Promise<unknown>, string[]]>([
    ['a run tells of the source and of its voices', () => run('khcn'), ['khcn', 'khcn-opening', 'khcn-summary']],
    ['what somebody did tells of it', () => notify(SOURCE_CHANNEL, 'lgsp-14'), ['lgsp-14']],
    [
      'a conflict tells of who disagree',
      () => change('conflict', 'OBSERVED', ['vnpt', 'lgsp-48']),
      ['lgsp-48', 'vnpt'],
    ],
    ['staleness tells of who fell silent', () => change('link', 'STALE', ['lgsp-01']), ['lgsp-01']],
  ])('%s', async (_what, happen, expected) => {
    const codes = await follow();
    await happen();
    const told: string[] = [];
    while (told.length < expected.length) told.push((await codes.next()).value);
    expect(told).toEqual(expected);
    await codes.return?.();
    await follower.stop();
  });

  test('what could not be looked up when it was told is told once it can be', async () => {
    const patient = createSourceFollower({
      database: store.database(),
      readHealth: async () => new Map(),
      healthEveryMs: 20,
    });
    const codes = patient.follow({ isWanted: everything, first: ['vnpt'] });
    await codes.next();
    await sql`alter table source rename to source_away`.execute(db());
    statements.length = 0;
    await notify(SOURCE_CHANNEL, 'khcn');
    // Each look fails; a second one has begun, so the first has.
    const looks = (): number => statements.filter((text) => text.includes('with named as')).length;
    const isTriedAgain = await waitUntil(async () => looks() >= 2, { limitMs: 10_000 });
    await sql`alter table source_away rename to source`.execute(db());
    expect(isTriedAgain).toBe(true);
    expect((await codes.next()).value).toBe('khcn');
    await patient.stop();
  });

  test('what changes nothing of a source is not told', async () => {
    const codes = await follow((code) => code !== 'khcn-summary' && code !== 'khcn-opening');
    await change('link', 'OBSERVED', ['lgsp-02']);
    await notify(SOURCE_CHANNEL, 'khcn-summary');
    await notify(SOURCE_CHANNEL, 'khcn');
    expect((await codes.next()).value).toBe('khcn');
    await follower.stop();
  });

  test('a source whose health changed though nothing happened is told of', async () => {
    let asked = 0;
    const late = createSourceFollower({
      database: store.database(),
      readHealth: async () => new Map(Object.entries({ khcn: ++asked === 1 ? 'OK' : 'LATE', vnpt: 'OK' })),
      healthEveryMs: 20,
    });
    expect((await late.follow({ isWanted: everything }).next()).value).toBe('khcn');
    await late.stop();
  });

  test('many followers cost no more statements than one', async () => {
    const many = await Promise.all(Array.from({ length: 20 }, () => follow()));
    statements.length = 0;
    await notify(SOURCE_CHANNEL, 'khcn');
    for (const codes of many) expect((await codes.next()).value).toBe('khcn');
    // The notification itself, and what it was about.
    expect(statements.filter((text) => text.includes('with named as'))).toHaveLength(1);
    await follower.stop();
  });

  test('nobody who follows costs nothing', async () => {
    const codes = await follow();
    await codes.return?.();
    const witness = createSourceFollower({ database: store.database(), readHealth: async () => new Map() });
    const witnessed = witness.follow({ isWanted: everything, first: ['vnpt'] });
    await witnessed.next();
    statements.length = 0;
    await notify(SOURCE_CHANNEL, 'khcn');
    await witnessed.next();
    expect(statements.filter((text) => text.includes('with named as'))).toHaveLength(1);
    await Promise.all([witness.stop(), follower.stop()]);
  });

  test('ends at once with its signal, with return and with the end of the hub', async () => {
    const ending = new AbortController();
    const byTheSignal = follower.follow({ isWanted: everything, signal: ending.signal }).next();
    const returned = follower.follow({ isWanted: everything });
    const byReturn = returned.next();
    const byTheHub = follower.follow({ isWanted: everything }).next();
    ending.abort();
    await returned.return?.();
    expect([(await byTheSignal).done, (await byReturn).done]).toEqual([true, true]);
    await follower.stop();
    expect((await byTheHub).done).toBe(true);
  });
});

describe('the subscription sources, over WebSocket', () => {
  interface Told {
    readonly code: string;
    readonly status: string;
    readonly health: string;
    readonly lastRun: { readonly state: string } | null;
  }
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startHub(store.database());
  });
  afterAll(async () => {
    await hub.stop();
  });
  const query = operationDocuments().find(({ file }) => file === 'watch-fleet.graphql')?.text ?? '';
  const watch = (variables: object, key?: string) => {
    const params = key === undefined ? {} : { connectionParams: { authorization: `Bearer ${key}` } };
    const client = createClient({ url: hub.wsUrl, retryAttempts: 0, ...params });
    return { client, told: client.iterate<{ sources: Told }>({ query, variables: { ...variables } }) };
  };
  const next = async (told: AsyncIterableIterator<{ data?: { sources: Told } | null; errors?: unknown }>) => {
    const { value } = await told.next();
    expect(value?.errors).toBeUndefined();
    return value?.data?.sources as Told;
  };

  test('sends each source as it is, then each whose state changes', async () => {
    const { client, told } = watch({ filter: { sources: ['khcn', 'vnpt'] }, snapshot: true });
    expect([(await next(told)).code, (await next(told)).code]).toEqual(['khcn', 'vnpt']);
    await run('vnpt');
    expect(await next(told)).toMatchObject({ code: 'vnpt', lastRun: { state: 'SUCCEEDED' } });
    await sql`update source set paused_at = now() where id = 'khcn'`.execute(db());
    await notify(SOURCE_CHANNEL, 'khcn');
    expect(await next(told)).toMatchObject({ code: 'khcn', status: 'PAUSED', health: 'PAUSED' });
    await told.return?.();
    await client.dispose();
  });

  test('sends a key only what it may see', async () => {
    const { client, told } = watch({ snapshot: true }, 'lt_sonla');
    expect((await next(told)).code).toBe('lgsp-14');
    await run('khcn');
    await run('lgsp-48');
    await run('lgsp-14');
    expect(await next(told)).toMatchObject({ code: 'lgsp-14', lastRun: { state: 'SUCCEEDED' } });
    await told.return?.();
    await client.dispose();
  });

  test('refuses a filter by a source that there is not', async () => {
    const { client, told } = watch({ filter: { sources: ['nobody'] } });
    expect((await told.next()).value?.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    await client.dispose();
  });
});
