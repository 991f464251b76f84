import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../harness/child.ts';
import { type HubUnderTest, startHubOn } from '../harness/hub.ts';
import type { BenchContext } from '../harness/options.ts';
import type { Row, Section } from '../harness/report.ts';
import { CHANGES_DOCUMENT } from './document.ts';
import type { Subscription } from './subscribers.process.ts';

const PROCESSES = 2;

interface Load {
  readonly subscribers: number;
  readonly transactions: number;
  readonly changesPerTransaction: number;
}

/** One server under load: how to publish a transaction to it, and what CPU it has used so far. */
interface Contender {
  readonly url: string;
  readonly document?: string;
  readonly hasReady: boolean;
  hasSubscribers(count: number): Promise<unknown>;
  publish(changes: number): Promise<unknown>;
  cpuMicroseconds(): Promise<number>;
}

/** Server CPU per delivered event, in microseconds; the clients run in processes of their own. */
async function measure(contender: Contender, load: Load): Promise<{ microseconds: number; sample: string }> {
  const clients = Array.from({ length: PROCESSES }, () => Child.start(import.meta.url, './subscribers'));
  try {
    const { url, document, hasReady } = contender;
    const count = load.subscribers / PROCESSES;
    const subscription: Subscription = { url, count, hasReady, ...(document ? { document } : {}) };
    await Promise.all(clients.map((client) => client.ask('connect', subscription)));
    await contender.hasSubscribers(load.subscribers);
    const deliver = async (transactions: number) => {
      await Promise.all(clients.map((client) => client.ask('reset')));
      for (let sent = 1; sent <= transactions; sent += 1) {
        await contender.publish(load.changesPerTransaction);
        const total = sent * load.changesPerTransaction * count;
        await Promise.all(clients.map((client) => client.ask('received', total)));
      }
    };
    await deliver(Math.ceil(load.transactions / 5));
    const before = await contender.cpuMicroseconds();
    await deliver(load.transactions);
    const spent = (await contender.cpuMicroseconds()) - before;
    const sample = await (clients[0] as Child).ask<string>('sample');
    return { microseconds: spent / (load.transactions * load.changesPerTransaction * load.subscribers), sample };
  } finally {
    await Promise.all(clients.map((client) => client.stop()));
  }
}

function hubContender(hub: HubUnderTest): Contender {
  return {
    url: hub.webSocketUrl,
    document: CHANGES_DOCUMENT,
    hasReady: true,
    hasSubscribers: async () => {},
    publish: (changes) => hub.writeChanges(changes),
    cpuMicroseconds: () => hub.cpuMicroseconds(),
  };
}

function peer(child: Child, url: string, publication: object, document?: string): Contender {
  return {
    url,
    ...(document ? { document } : {}),
    hasReady: false,
    hasSubscribers: (count) => child.ask('hasSubscribers', count),
    publish: (count) => child.ask('publish', { ...publication, count }),
    cpuMicroseconds: () => child.ask<number>('cpu'),
  };
}

async function measureLoad(context: BenchContext, hub: HubUnderTest, load: Load): Promise<Row[]> {
  const ours = await measure(hubContender(hub), load);
  const { payload } = JSON.parse(ours.sample) as { payload: { data: { changes: object } } };

  const bare = Child.start(import.meta.url, './bare-ws');
  const bareUrl = await bare.ask<string>('url');
  const floor = await measure(peer(bare, bareUrl, { text: ours.sample }), load).finally(() => bare.stop());

  const apollo = Child.start(import.meta.url, './apollo');
  const typeDefs = readFileSync(join(context.root, 'schema/schema.graphql'), 'utf8');
  const apolloUrl = await apollo.ask<string>('url', typeDefs);
  const apolloPeer = peer(apollo, apolloUrl, { event: payload.data.changes }, CHANGES_DOCUMENT);
  const plain = await measure(apolloPeer, load).finally(() => apollo.stop());

  const title = `${load.changesPerTransaction} change${load.changesPerTransaction === 1 ? '' : 's'} a transaction`;
  const unit = 'µs CPU per delivered event';
  return [
    { what: `${title}: Liên Thông`, value: ours.microseconds, unit },
    {
      what: `${title}: bare ws, the same bytes`,
      value: floor.microseconds,
      unit,
      ratio: ours.microseconds / floor.microseconds,
      against: 'bare ws',
      target: 'at most 1.25',
    },
    {
      what: `${title}: Apollo Server, graphql-ws, graphql-subscriptions`,
      value: plain.microseconds,
      unit,
      ratio: ours.microseconds / plain.microseconds,
      against: 'Apollo',
      target: 'at most 0.25',
    },
  ];
}

export async function fanout(context: BenchContext): Promise<Section> {
  const subscribers = context.isQuick ? 200 : 1000;
  const transactions = context.isQuick ? 20 : 100;
  const hub = await startHubOn(context, 'bench_fanout');
  try {
    const rows: Row[] = [];
    for (const changesPerTransaction of [1, 20]) {
      const count = Math.ceil(transactions / Math.sqrt(changesPerTransaction));
      rows.push(...(await measureLoad(context, hub, { subscribers, transactions: count, changesPerTransaction })));
    }
    return {
      name: 'fanout',
      title: 'Fan-out: what one event costs the server per subscriber',
      setting: `${subscribers} subscribers in ${PROCESSES} client processes, ${transactions} transactions after a warm-up; each waits for the one before to reach everybody.`,
      rows,
    };
  } finally {
    await hub.stop();
  }
}
