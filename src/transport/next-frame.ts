import type { Socket } from 'node:net';
import type { SharedResult } from '../live/shared-result.ts';

/** Final fragment, text. */
const TEXT_FRAME = 0x81;
/** Bytes; below it one copy is cheaper than many small buffers in one write, above it the shared bytes are not copied. */
const COPY_LIMIT = 64 * 1024;

/** The beginning of every `next` message of a subscription; the rest is shared with all that have the same result. */
export class NextPrefix {
  readonly text: string;
  readonly bytes: Buffer;

  constructor(id: string) {
    this.text = `{"id":${JSON.stringify(id)}`;
    this.bytes = Buffer.from(this.text);
  }
}

/**
 * Writes `next` messages of graphql-transport-ws as WebSocket frames straight to the socket, all with one write. `ws`
 * frames each message for each client anew, which is most of what a broadcast costs beside the system call; here only
 * the prefix differs. Right as long as compression is off: then `ws` too writes each frame whole and at once, so frames
 * never mix. `results` is not altered by anybody afterwards.
 */
export function writeNextFrames(socket: Socket, prefix: NextPrefix, results: readonly SharedResult[]): void {
  const tails = results.map((result) => result.encodedFor('next', nextTail));
  const bytes = tails.reduce((sum, tail) => sum + tail.length, 0);
  if (bytes <= COPY_LIMIT) {
    socket.write(framesOf(results, tails, prefix));
    return;
  }
  socket.cork();
  for (const tail of tails) {
    socket.write(frameHeader(prefix.bytes.length + tail.length));
    socket.write(prefix.bytes);
    socket.write(tail);
  }
  socket.uncork();
}

/** The frames for one prefix, and where in them it stands; of all prefixes of one length the frames are alike. */
interface FrameTemplate {
  readonly prefix: string;
  readonly frames: Buffer;
  readonly offsets: readonly number[];
}

/** One template per length of prefix for each batch of results; goes with the batch. */
const templates = new WeakMap<readonly SharedResult[], Map<number, FrameTemplate>>();

function framesOf(results: readonly SharedResult[], tails: readonly Buffer[], prefix: NextPrefix): Buffer {
  let byLength = templates.get(results);
  if (!byLength) {
    byLength = new Map();
    templates.set(results, byLength);
  }
  let template = byLength.get(prefix.bytes.length);
  if (!template) {
    template = createTemplate(tails, prefix);
    byLength.set(prefix.bytes.length, template);
  }
  // Clients that count their subscriptions have the same ids: then nothing is copied at all.
  if (template.prefix === prefix.text) return template.frames;
  const frames = Buffer.from(template.frames);
  for (const offset of template.offsets) prefix.bytes.copy(frames, offset);
  return frames;
}

function createTemplate(tails: readonly Buffer[], prefix: NextPrefix): FrameTemplate {
  const offsets: number[] = [];
  const chunks: Buffer[] = [];
  let length = 0;
  for (const tail of tails) {
    const header = frameHeader(prefix.bytes.length + tail.length);
    offsets.push(length + header.length);
    chunks.push(header, prefix.bytes, tail);
    length += header.length + prefix.bytes.length + tail.length;
  }
  return { prefix: prefix.text, frames: Buffer.concat(chunks, length), offsets };
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
