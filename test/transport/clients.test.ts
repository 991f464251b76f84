import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { afterEach, describe, expect, it } from '@jest/globals';
import { subscriptionExchange, Client as UrqlClient, gql as urqlGql } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import WebSocket from 'ws';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import { someChanges } from '../live/support/changes.ts';
import { CHANGES } from '../live/support/test-schema.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';

interface Event {
  readonly __typename: string;
  readonly cursor: string;
  readonly seq?: number;
}

/** Subscribes with a library as its guide says; gives what ends the subscription. */
type Subscribe = (
  gateway: TestGateway,
  after: string | undefined,
  observer: { next: (event: Event) => void; end: () => void },
) => () => void;

// The application decides when to come back, so the libraries' own retries are off; with them on, `after` is read anew
// for each attempt (see ResumingClient).
const wsClient = ({ wsUrl }: TestGateway) => createWsClient({ url: wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 });

const libraries: { name: string; subscribe: Subscribe }[] = [
  {
    name: 'graphql-ws',
    subscribe: (gateway, after, { next, end }) =>
      wsClient(gateway).subscribe<{ changes: Event }>(
        { query: CHANGES, variables: { after } },
        { next: ({ data }) => data && next(data.changes), error: end, complete: end },
      ),
  },
  {
    name: 'graphql-sse',
    subscribe: (gateway, after, { next, end }) =>
      createSseClient({ url: `${gateway.url}/stream`, retryAttempts: 0 }).subscribe<{ changes: Event }>(
        { query: CHANGES, variables: { after } },
        { next: ({ data }) => data && next(data.changes), error: end, complete: end },
      ),
  },
  {
    name: '@apollo/client',
    subscribe: (gateway, after, { next, end }) => {
      const link = new GraphQLWsLink(wsClient(gateway));
      const client = new ApolloClient({ link, cache: new InMemoryCache() });
      const subscription = client
        .subscribe<{ changes: Event }>({ query: gql(CHANGES), variables: { after } })
        .subscribe({
          next: ({ data, error }) => (error || !data ? end() : next(data.changes)),
          error: end,
          complete: end,
        });
      return () => {
        subscription.unsubscribe();
        client.stop();
      };
    },
  },
  {
    name: '@urql/core',
    subscribe: (gateway, after, { next, end }) => {
      const ws = wsClient(gateway);
      const forwardSubscription = (request: { query?: string; variables?: unknown }) => ({
        subscribe: (sink: object) => ({
          unsubscribe: ws.subscribe({ ...request, query: request.query ?? '' } as never, sink as never),
        }),
      });
      const exchanges = [subscriptionExchange({ forwardSubscription: forwardSubscription as never })];
      const client = new UrqlClient({ url: gateway.url, exchanges, preferGetMethod: false });
      const { unsubscribe } = client
        .subscription<{ changes: Event }>(urqlGql(CHANGES), { after })
        .subscribe(({ data, error }) => (error || !data ? end() : next(data.changes)));
      return unsubscribe;
    },
  },
];

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** What an application keeps: the events, its cursor, and whether its subscription is over. */
class Application {
  readonly events: Event[] = [];
  isOver = false;
  #wakes: (() => void)[] = [];

  start(subscribe: Subscribe, gateway: TestGateway): void {
    this.isOver = false;
    const end = subscribe(gateway, this.events.at(-1)?.cursor, {
      next: (event) => {
        this.events.push(event);
        this.#wake();
      },
      end: () => {
        this.isOver = true;
        this.#wake();
      },
    });
    cleanUps.push(end);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#wakes.push(resolve));
  }

  untilSeq(seq: number): Promise<void> {
    return this.until(() => this.events.at(-1)?.seq === seq);
  }

  seqs(): number[] {
    return this.events.flatMap(({ seq }) => seq ?? []);
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }
}

describe.each(libraries)('an unmodified $name client', ({ subscribe }) => {
  it('reads READY and changes, is told of a stop, and resumes by its cursor after the restart', async () => {
    const source = new ReplayChangeSource();
    const before = await startGateway({ source });
    cleanUps.push(() => before.kill());
    const application = new Application();
    application.start(subscribe, before);
    await application.until(() => application.events[0]?.__typename === 'FeedReady');
    source.commit(someChanges(2));
    await application.untilSeq(2);
    await before.stop();
    await application.until(() => application.isOver);
    expect(application.events.map(({ __typename }) => __typename)).toEqual([
      'FeedReady',
      'Change',
      'Change',
      'FeedGoingAway',
    ]);
    source.commit(someChanges(3));
    const after = await startGateway({ source, port: before.port });
    cleanUps.push(() => after.stop());
    application.start(subscribe, after);
    await application.untilSeq(5);
    source.commit(someChanges(1));
    await application.untilSeq(6);
    expect(application.seqs()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('resumes by the cursor of the last change after the gateway was killed', async () => {
    const source = new ReplayChangeSource();
    const before = await startGateway({ source });
    const application = new Application();
    application.start(subscribe, before);
    await application.until(() => application.events[0]?.__typename === 'FeedReady');
    source.commit(someChanges(4));
    await application.untilSeq(4);
    await before.kill();
    await application.until(() => application.isOver);
    source.commit(someChanges(2));
    const after = await startGateway({ source });
    cleanUps.push(() => after.stop());
    application.start(subscribe, after);
    await application.untilSeq(6);
    expect(application.seqs()).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
