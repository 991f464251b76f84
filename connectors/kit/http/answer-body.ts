import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubFaultError } from './hub-fault-error.ts';

/** Up to this size a body stays in memory; beyond it goes to a file. */
const MEMORY_BYTES = 4 * 2 ** 20;
const READ_BYTES = 256 * 1024;
const BEGINNING_BYTES = 512;

/** A body grew beyond what may be received. */
export class BodyTooLargeError extends Error {
  constructor(readonly maxBytes: number) {
    super(`the body is larger than ${maxBytes} bytes`);
    this.name = 'BodyTooLargeError';
  }
}

/**
 * The body of an answer, whole and decompressed. A small one stands in memory, a large one in a file without a name, so
 * that nothing is left of it when the process dies. It can be read any number of times until `dispose`.
 */
export class AnswerBody {
  private constructor(
    readonly bytes: number,
    private readonly parts: readonly Buffer[],
    private readonly file: FileHandle | undefined,
    private readonly first: Buffer,
  ) {}

  static of(content: Buffer | string): AnswerBody {
    const buffer = typeof content === 'string' ? Buffer.from(content) : content;
    return new AnswerBody(buffer.length, [buffer], undefined, buffer.subarray(0, BEGINNING_BYTES));
  }

  /**
   * Takes in all chunks. Throws {@link BodyTooLargeError} beyond `maxBytes`, {@link HubFaultError} where a large one cannot
   * be kept, and whatever the chunks throw.
   */
  static async receive(chunks: AsyncIterable<Buffer>, maxBytes: number): Promise<AnswerBody> {
    let parts: Buffer[] = [];
    let first = Buffer.alloc(0);
    let bytes = 0;
    let file: FileHandle | undefined;
    try {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new BodyTooLargeError(maxBytes);
        if (first.length < BEGINNING_BYTES) first = Buffer.concat([first, chunk]).subarray(0, BEGINNING_BYTES);
        parts.push(chunk);
        if (!file && bytes > MEMORY_BYTES) file = await kept(openNameless());
        if (file) {
          await kept(file.writev(parts));
          parts = [];
        }
      }
    } catch (error) {
      await file?.close();
      throw error;
    }
    return new AnswerBody(bytes, parts, file, first);
  }

  /** The first bytes as text, to tell what kind of answer it is. */
  beginning(): string {
    return this.first.toString('utf8');
  }

  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    yield* this.parts;
    if (!this.file) return;
    for (let position = 0; position < this.bytes; ) {
      const { bytesRead, buffer } = await this.file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** All of it in memory. */
  async buffer(): Promise<Buffer> {
    return Buffer.concat(await Array.fromAsync(this.chunks()));
  }

  /** Gives back the file of a large body; to be called once nobody reads it any more. */
  async dispose(): Promise<void> {
    await this.file?.close().catch(() => undefined);
  }
}

/** What is wrong with our own files is no fault of who sends the chunks. */
async function kept<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new HubFaultError((error as NodeJS.ErrnoException).code ?? 'unknown');
  }
}

/** A file that is gone once it is closed, however the process ends. */
async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `lienthong-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}
