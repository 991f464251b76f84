import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import type { FactObservation } from '../../schema/observation.ts';
import { useDatabase } from '../support/database.ts';
import { loadGround, loadJune, tell } from './support/june-hub.ts';
import type { Loose } from './support/loose.ts';
import { operationDocuments } from './support/operations.ts';
import { startHub, type TestHub } from './support/start-hub.ts';

const statements: string[] = [];
const store = useDatabase({ onStatement: (sql) => statements.push(sql) });
let hub: TestHub;

beforeAll(async () => {
  await loadGround(store.database());
  await loadJune(store.database(), ['14', '48']);
  hub = await startHub(store.database());
});
afterAll(() => hub?.stop());

const document = (file: string): string => operationDocuments().find((known) => known.file === file)?.text ?? '';

/** Events of a subscription, one at a time. */
function subscribe(query: string, variables: Record<string, unknown>, key?: string) {
  const client = createClient({
    url: hub.wsUrl,
    retryAttempts: 0,
    ...(key && { connectionParams: { authorization: `Bearer ${key}` } }),
  });
  const results = client.iterate<Loose>({ query, variables });
  return {
    async next(): Promise<Loose> {
      const { value } = await results.next();
      if (value?.errors) throw new Error(JSON.stringify(value.errors));
      return { ...Object.values(value.data as object)[0], cursorOfExtensions: value.extensions.cursor };
    },
    /** The first event that passes: the feed may still be telling of what was written before the subscription. */
    async until(passes: (event: Loose) => boolean): Promise<Loose> {
      for (;;) {
        const event = await this.next();
        if (passes(event)) return event;
      }
    },
    async end() {
      await results.return?.();
      await client.dispose();
    },
  };
}

let minute = 0;
/** Tells the hub a new status of a deployment. */
function say(province: string, status: string) {
  minute += 1;
  const observation: FactObservation = {
    class: 'fact',
    kind: 'deployment',
    key: { province, system: 'TTHC' },
    observedAt: new Date(Date.parse('2025-06-27T06:00:00Z') + minute * 60_000),
    attributes: { status },
  };
  const recordedAt = new Date(Date.parse('2026-01-04T00:00:00Z') + minute * 60_000);
  return tell(store.em(), [{ sourceId: 'khcn', stream: 'deployments', observations: [observation] }], recordedAt);
}

describe('a typed subscription', () => {
  test('begins with READY, sends what is, then what changes, from one horizon', async () => {
    const feed = subscribe(document('watch-deployments.graphql'), { filter: { provinces: ['14'] } });
    const ready = await feed.next();
    expect(ready).toMatchObject({ __typename: 'FeedReady', cursor: ready.cursorOfExtensions });
    const snapshot = await feed.next();
    expect(snapshot).toMatchObject({ __typename: 'DeploymentSnapshot', complete: true, cursor: ready.cursor });
    expect(snapshot.nodes.map((node: Loose) => node.system.code)).toEqual(['BAOCAO', 'HOP', 'LGSP', 'QLVB', 'TTHC']);
    await say('48', 'READY');
    await say('14', 'PILOT');
    expect(await feed.next()).toMatchObject({
      __typename: 'DeploymentChange',
      kind: 'UPDATED',
      attributes: ['status'],
      node: { province: { name: 'Sơn La' }, system: { code: 'TTHC' }, status: 'PILOT' },
      sources: [{ code: 'khcn' }],
    });
    await feed.end();
  });

  test('tells of an entity that leaves the filter, too', async () => {
    await say('14', 'PREPARING');
    const variables = { filter: { statuses: ['PREPARING'], provinces: ['14'] }, snapshot: false };
    const feed = subscribe(document('watch-deployments.graphql'), variables);
    expect((await feed.next()).__typename).toBe('FeedReady');
    await say('14', 'OPERATING');
    const left = await feed.until((event) => event.node?.status === 'OPERATING');
    expect(left).toMatchObject({ __typename: 'DeploymentChange', attributes: ['status'] });
    await feed.end();
  });

  test('keeps to the scope of the key', async () => {
    const feed = subscribe(document('watch-deployments.graphql'), {}, 'lt_sonla');
    await feed.next();
    const { nodes } = await feed.next();
    expect(new Set(nodes.map((node: Loose) => node.province.code))).toEqual(new Set(['14']));
    await feed.end();
  });

  test.each(['watch-readiness.graphql', 'watch-links.graphql', 'watch-conflicts.graphql'])(
    '%s sends its snapshot',
    async (file) => {
      const feed = subscribe(document(file), {});
      expect((await feed.next()).__typename).toBe('FeedReady');
      const snapshot = await feed.next();
      expect(snapshot.__typename).toMatch(/Snapshot$/);
      expect(snapshot.nodes.length).toBeGreaterThan(0);
      await feed.end();
    },
  );
});

describe('the whole log', () => {
  test('delivers each change with its cursor, resumes after it, and pages from the same cursor', async () => {
    const feed = subscribe(document('watch-changes.graphql'), {});
    const ready = await feed.next();
    await say('48', 'PILOT');
    const change = await feed.until((event) => event.after?.status === 'PILOT' && event.entityKey === '48:TTHC');
    expect(change).toMatchObject({
      __typename: 'Change',
      entityKey: '48:TTHC',
      after: { status: 'PILOT' },
      transaction: { last: true },
    });
    expect(change.cursor > ready.cursor).toBe(true);
    await feed.end();
    await say('48', 'READY');
    const again = subscribe(document('watch-changes.graphql'), { after: change.cursor });
    expect((await again.next()).__typename).toBe('FeedReady');
    expect(await again.next()).toMatchObject({ before: { status: 'PILOT' }, after: { status: 'READY' } });
    await again.end();
    const body = JSON.stringify({
      query: document('changes-since-cursor.graphql'),
      variables: { after: change.cursor },
    });
    const headers = { 'content-type': 'application/json' };
    const page = (await (await fetch(hub.url, { method: 'POST', headers, body })).json()) as Loose;
    expect(page.data.changes.edges.map((edge: Loose) => edge.node.after.status)).toEqual(['READY']);
  });

  test('executing a change asks the database nothing', async () => {
    const feed = subscribe(document('watch-changes.graphql'), {});
    await feed.next();
    const statusIs = (status: string) => (event: Loose) =>
      event.entityKey === '14:TTHC' && event.after?.status === status;
    await say('14', 'CONFIGURING');
    await feed.until(statusIs('CONFIGURING'));
    statements.length = 0;
    await say('14', 'READY');
    const writing = statements.length;
    await feed.until(statusIs('READY'));
    const reading = statements.slice(writing).filter((sql) => !/from change\b/.test(sql));
    expect(reading).toEqual([]);
    await feed.end();
  });

  test('an unknown code in the filter is refused before it begins', async () => {
    const feed = subscribe(document('watch-changes.graphql'), { filter: { provinces: ['99'] } });
    await expect(feed.next()).rejects.toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    await feed.end();
  });
});
