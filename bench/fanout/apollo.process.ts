import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { buildSchema } from 'graphql';
import { PubSub } from 'graphql-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { answer, cpuMicroseconds } from '../harness/child.ts';

const TOPIC = 'changes';
// As its documentation advises for many subscribers.
const eventEmitter = new EventEmitter().setMaxListeners(0);
const pubsub = new PubSub({ eventEmitter });
let subscribers = 0;
let changed: (() => void) | undefined;

/** Apollo Server as its documentation sets it up for subscriptions, on the hub's own schema with default resolvers. */
async function start(typeDefs: string): Promise<string> {
  const schema = buildSchema(typeDefs);
  const field = schema.getSubscriptionType()?.getFields().changes;
  if (!field) throw new Error('the schema has no subscription changes');
  field.subscribe = () => {
    subscribers += 1;
    changed?.();
    return pubsub.asyncIterableIterator(TOPIC);
  };
  const app = express();
  const httpServer = createServer(app);
  const wsServer = new WebSocketServer({ server: httpServer, path: '/graphql' });
  const cleanup = useServer({ schema }, wsServer);
  const apollo = new ApolloServer({
    schema,
    plugins: [
      ApolloServerPluginDrainHttpServer({ httpServer }),
      { serverWillStart: async () => ({ drainServer: async () => void (await cleanup.dispose()) }) },
    ],
  });
  await apollo.start();
  app.use('/graphql', express.json(), expressMiddleware(apollo));
  await new Promise<void>((resolve) => httpServer.listen(0, '127.0.0.1', resolve));
  return `ws://127.0.0.1:${(httpServer.address() as AddressInfo).port}/graphql`;
}

answer({
  url: start,
  hasSubscribers: (count: number) =>
    new Promise<void>((resolve) => {
      changed = () => subscribers >= count && resolve();
      changed();
    }),
  publish: async ({ event, count }: { event: unknown; count: number }) => {
    for (let sent = 0; sent < count; sent += 1) await pubsub.publish(TOPIC, { changes: event });
  },
  cpu: cpuMicroseconds,
});
