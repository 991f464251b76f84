import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and PostgreSQL, and cuts one connection where a dying server can cut it. */
export interface CuttingProxy {
  /** The address of the database, through the proxy. */
  readonly url: string;
  /**
   * Cuts the connection on which the server says for the `count`th time from now that it is ready. The client reads
   * both at once: that its statement ended, and what the server says of its own end.
   */
  cutAtReady(count: number): void;
  /** Whether that cut has been made. */
  hasCut(): boolean;
  close(): Promise<void>;
}

const READY_FOR_QUERY = 'Z'.charCodeAt(0);
const LENGTH_BYTES = 4;

/** https://www.postgresql.org/docs/current/protocol-error-fields.html; the words are those of a backend without its postmaster. */
const FATAL = errorResponse({
  S: 'FATAL',
  V: 'FATAL',
  C: '57P01',
  M: 'terminating connection due to unexpected postmaster exit',
});

export async function startCuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let readies = 0;
  let cutAt = Number.POSITIVE_INFINITY;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.pipe(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    let unread: Buffer = Buffer.alloc(0);
    upstream.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      const { whole, rest, readyEnds } = split(unread);
      const last = readyEnds[cutAt - readies - 1];
      readies += readyEnds.length;
      if (last === undefined) {
        unread = rest;
        client.write(whole);
        return;
      }
      upstream.removeAllListeners('data');
      client.end(Buffer.concat([whole.subarray(0, last), FATAL]));
      upstream.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutAtReady: (count) => {
      cutAt = readies + count;
    },
    hasCut: () => readies >= cutAt,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The whole messages of the server that stand in `bytes`, and where each of those ends that say it is ready. */
function split(bytes: Buffer): { whole: Buffer; rest: Buffer; readyEnds: number[] } {
  const readyEnds: number[] = [];
  let at = 0;
  while (at + 1 + LENGTH_BYTES <= bytes.length) {
    const end = at + 1 + bytes.readUInt32BE(at + 1);
    if (end > bytes.length) break;
    if (bytes[at] === READY_FOR_QUERY) readyEnds.push(end);
    at = end;
  }
  return { whole: bytes.subarray(0, at), rest: bytes.subarray(at), readyEnds };
}

function errorResponse(fields: Record<string, string>): Buffer {
  const text = Object.entries(fields).map(([field, value]) => `${field}${value}\0`);
  const body = Buffer.from(`${text.join('')}\0`);
  const head = Buffer.alloc(1 + LENGTH_BYTES);
  head.write('E');
  head.writeUInt32BE(LENGTH_BYTES + body.length, 1);
  return Buffer.concat([head, body]);
}
