import type { Socket } from 'node:net';
import type { SharedResult } from '../live/shared-result.ts';

/** Final fragment, text. */
const TEXT_FRAME = 0x81;
/** Bytes; below it one copy is cheaper than many small buffers in one write, above it the shared bytes are not copied. */
const COPY_LIMIT = 64 * 1024;

/** The beginning of every `next` message of a subscription; the rest is shared with all that have the same result. */
export function nextPrefix(id: string): Buffer {
  return Buffer.from(`{"id":${JSON.stringify(id)}`);
}

/**
 * Writes `next` messages of graphql-transport-ws as WebSocket frames straight to the socket, all with one write. `ws`
 * frames each message for each client anew, which is most of what a broadcast costs; here only the prefix differs.
 * Right as long as compression is off: then `ws` too writes each frame whole and at once, so frames never mix.
 */
export function writeNextFrames(socket: Socket, prefix: Buffer, results: readonly SharedResult[]): void {
  const tails = results.map((result) => result.encodedFor('next', nextTail));
  const headers = tails.map((tail) => frameHeader(prefix.length + tail.length));
  const total = tails.reduce((sum, tail, i) => sum + (headers[i] as Buffer).length + prefix.length + tail.length, 0);
  const chunks = tails.flatMap((tail, i) => [headers[i] as Buffer, prefix, tail]);
  if (total <= COPY_LIMIT) {
    socket.write(Buffer.concat(chunks, total));
    return;
  }
  socket.cork();
  for (const chunk of chunks) socket.write(chunk);
  socket.uncork();
}

function nextTail({ json }: SharedResult): Buffer {
  return Buffer.from(`,"type":"next","payload":${json}}`);
}

/** RFC 6455, 5.2: from the server, unmasked, the length in 7, 16 or 64 bits. */
function frameHeader(length: number): Buffer {
  if (length < 126) return Buffer.of(TEXT_FRAME, length);
  if (length < 65_536) return Buffer.of(TEXT_FRAME, 126, length >>> 8, length & 0xff);
  const header = Buffer.alloc(10);
  header[0] = TEXT_FRAME;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
