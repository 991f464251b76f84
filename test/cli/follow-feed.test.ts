import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { buildSchema, GraphQLError, parse } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { followFeed } from '../../src/cli/follow-feed.ts';

const schema = buildSchema(await readFile(join(import.meta.dirname, '../../schema/schema.graphql'), 'utf8'));
const away = (retryable: boolean) =>
  new GraphQLError('The database is not available just now. Try again in a moment.', {
    extensions: { code: 'UNAVAILABLE', retryable },
  });

/** What the stand-in does with each subscription that comes, in turn; the cursors they asked to go on from. */
let turns: Array<GraphQLError | 'events'>;
let asked: unknown[];
let url: string;
let stop: () => Promise<void>;

beforeEach(async () => {
  asked = [];
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, path: '/graphql' });
  const hub = useServer(
    {
      onSubscribe: (context, _id, { query, variables }) => {
        const after = (variables as { after: string | null }).after;
        asked.push(after);
        const turn = turns.shift() ?? 'events';
        if (turn !== 'events') return [turn];
        const cursor = after === null ? 'log-0000000000000001' : 'log-0000000000000002';
        async function* changes() {
          yield { changes: { __typename: 'FeedReady', cursor } };
          context.extra.socket.close(1012, 'restart');
        }
        return { schema, document: parse(query), variableValues: variables ?? {}, rootValue: { changes } };
      },
    },
    sockets,
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  stop = async () => {
    await hub.dispose();
    await new Promise((resolve) => http.close(resolve));
  };
});
afterEach(() => stop());

const follow = (onEvent: (cursor: string) => void, signal: AbortSignal) =>
  followFeed({
    url,
    key: undefined,
    after: undefined,
    filter: {},
    signal,
    random: () => 0,
    onEvent: ({ cursor }) => onEvent(cursor),
    onLost: () => {},
  });

test('a hub whose database is away when it is asked to go on is asked again, from the same cursor', async () => {
  turns = ['events', away(true), away(true), 'events'];
  const ending = new AbortController();
  const cursors: string[] = [];
  await follow((cursor) => {
    cursors.push(cursor);
    if (cursors.length === 2) ending.abort();
  }, ending.signal);
  expect(cursors).toEqual(['log-0000000000000001', 'log-0000000000000002']);
  expect(asked).toEqual([null, 'log-0000000000000001', 'log-0000000000000001', 'log-0000000000000001']);
});

test('what trying again would not mend ends it, with its code', async () => {
  turns = ['events', away(false)];
  await expect(follow(() => {}, new AbortController().signal)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});

test('a hub that refuses from the beginning is not asked again', async () => {
  turns = [away(true), 'events'];
  await expect(follow(() => {}, new AbortController().signal)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(asked).toEqual([null]);
});
