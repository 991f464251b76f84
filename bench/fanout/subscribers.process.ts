import { WebSocket } from 'ws';
import { answer } from '../harness/child.ts';

/** What a subscriber sends to be one: nothing to bare `ws`, the two frames of graphql-transport-ws to the others. */
export interface Subscription {
  readonly url: string;
  readonly count: number;
  readonly document?: string;
  /** Whether the server's first message says that the subscription is there (the hub's READY). */
  readonly hasReady: boolean;
}

let sockets: WebSocket[] = [];
let received = 0;
let sample = '';
let wanted: { total: number; resolve: () => void } | undefined;

function onEvent(data: Buffer): void {
  received += 1;
  if (sample === '') sample = data.toString();
  if (wanted && received >= wanted.total) {
    wanted.resolve();
    wanted = undefined;
  }
}

/** Resolves when the server has taken the subscription, as far as its protocol tells. */
function subscribe({ url, document, hasReady }: Subscription): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = document ? new WebSocket(url, 'graphql-transport-ws') : new WebSocket(url);
    socket.on('error', reject);
    socket.on('close', (code, reason) => reject(new Error(`closed: ${code} ${reason}`)));
    const begin = () => {
      socket.removeAllListeners('message');
      socket.on('message', onEvent);
      resolve(socket);
    };
    socket.on('open', () => (document ? socket.send('{"type":"connection_init"}') : begin()));
    socket.on('message', (data: Buffer) => {
      const type = /"type":"(\w+)"/.exec(data.toString())?.[1];
      if (type === 'connection_ack') {
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: document } }));
        if (!hasReady) begin();
      } else if (type === 'next') begin();
      else reject(new Error(`refused: ${data.toString().slice(0, 500)}`));
    });
  });
}

answer({
  connect: async (subscription: Subscription) => {
    for (let left = subscription.count; left > 0; left -= 100) {
      const some = Array.from({ length: Math.min(100, left) }, () => subscribe(subscription));
      sockets.push(...(await Promise.all(some)));
    }
  },
  /** Answers when `total` messages have come in since `reset`, over all subscribers. */
  received: (total: number) =>
    received >= total
      ? undefined
      : new Promise<void>((resolve) => {
          wanted = { total, resolve };
        }),
  reset: () => {
    received = 0;
    sample = '';
  },
  sample: () => sample,
  disconnect: () => {
    for (const socket of sockets) socket.terminate();
    sockets = [];
  },
});
