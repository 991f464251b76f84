import { once } from 'node:events';
import pg from 'pg';
import { WebSocket } from 'ws';
import { CHANGES_DOCUMENT } from '../fanout/document.ts';
import { type HubUnderTest, startHubOn } from '../harness/hub.ts';
import type { BenchContext } from '../harness/options.ts';
import type { Section } from '../harness/report.ts';
import { percentile } from '../harness/statistics.ts';

const CHANNEL = 'bench_latency';

/** Milliseconds from just before the commit to the client's having the message; one commit at a time. */
async function hubLatencies(hub: HubUnderTest, rounds: number): Promise<number[]> {
  const socket = new WebSocket(hub.webSocketUrl, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: CHANGES_DOCUMENT } }));
  await once(socket, 'message');
  const latencies: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const arrived = once(socket, 'message').then(() => performance.now());
    const committing = await hub.writeChanges(1);
    latencies.push((await arrived) - committing);
  }
  socket.terminate();
  return latencies;
}

/**
 * The same for a notification between two bare connections, with nothing read and nothing rendered. With `withRow` the
 * transaction writes a row, as every change does: then the commit waits for the disk, which a bare notification does not.
 */
async function notifyLatencies(url: string, rounds: number, withRow: boolean): Promise<number[]> {
  const listener = new pg.Client({ connectionString: url });
  const writer = new pg.Client({ connectionString: url });
  await Promise.all([listener.connect(), writer.connect()]);
  try {
    await listener.query(`listen ${CHANNEL}`);
    await writer.query('create table if not exists bench_row (round integer)');
    const latencies: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const arrived = once(listener, 'notification').then(() => performance.now());
      await writer.query('begin');
      if (withRow) await writer.query('insert into bench_row values ($1)', [round]);
      await writer.query(`select pg_notify('${CHANNEL}', '${round}')`);
      const committing = performance.now();
      await writer.query('commit');
      latencies.push((await arrived) - committing);
    }
    return latencies;
  } finally {
    await Promise.all([listener.end(), writer.end()]);
  }
}

export async function latency(context: BenchContext): Promise<Section> {
  const rounds = context.isQuick ? 100 : 1000;
  const hub = await startHubOn(context, 'bench_latency');
  try {
    await hubLatencies(hub, Math.ceil(rounds / 5));
    const ours = await hubLatencies(hub, rounds);
    await notifyLatencies(hub.databaseUrl, Math.ceil(rounds / 5), false);
    const bare = await notifyLatencies(hub.databaseUrl, rounds, false);
    const written = await notifyLatencies(hub.databaseUrl, rounds, true);
    const rows = [0.5, 0.99].flatMap((share) => {
      const [mine, floor] = [percentile(ours, share), percentile(bare, share)];
      return [
        { what: `bare LISTEN/NOTIFY, p${share * 100}`, value: floor, unit: 'ms' },
        { what: `LISTEN/NOTIFY with a row written, p${share * 100}`, value: percentile(written, share), unit: 'ms' },
        {
          what: `Liên Thông, p${share * 100}`,
          value: mine,
          unit: 'ms',
          ratio: mine / floor,
          against: 'bare NOTIFY',
          ...(share === 0.99 ? { target: 'at most 3' } : {}),
        },
      ];
    });
    return {
      name: 'latency',
      title: 'From commit to client',
      setting: `${rounds} commits of one change, one after the other, one subscriber over WebSocket; from just before COMMIT is sent.`,
      rows,
    };
  } finally {
    await hub.stop();
  }
}
