import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { answer, cpuMicroseconds } from '../harness/child.ts';

/** The floor: the same bytes to everybody, with nothing decided and nothing executed. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

answer({
  url: () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
  hasSubscribers: () => undefined,
  publish: ({ text, count }: { text: string; count: number }) => {
    for (let sent = 0; sent < count; sent += 1) {
      for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send(text);
    }
  },
  cpu: cpuMicroseconds,
});
