import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GoingAwayReason } from '../live/feed-event.ts';
import type { FeedOperation } from '../live/feed-operation.ts';
import type { LiveMetrics } from '../live/live-metrics.ts';
import type { OperationRequest, PreparedOperation } from '../live/operation.ts';
import type { Rights } from '../services/rights.ts';
import { COMPLETE_EVENT, EventStreamSink, nextEvent } from './event-stream-sink.ts';
import { OutgoingBuffer } from './outgoing-buffer.ts';
import { formatResult, type OperationPorts, runPlainly, toGraphQLError, toRunnable } from './run-operation.ts';

export interface EventStreamOptions extends OperationPorts {
  readonly metrics: LiveMetrics;
  readonly maxPendingBytes: number;
  /** Milliseconds between comments that keep proxies from closing a silent stream. */
  readonly keepAliveMs: number;
  readonly onConnections: (count: number) => void;
}

interface OpenStream {
  readonly rights: Rights;
  /** Null for an operation that is no feed; such a stream is simply ended. */
  readonly sink: EventStreamSink | null;
  readonly response: ServerResponse;
}

/** Clients of graphql-sse, distinct connections: one HTTP request per operation, answered with a stream of events. */
export class EventStreamClients {
  readonly #options: EventStreamOptions;
  readonly #open = new Set<OpenStream>();
  readonly #keepingAlive: NodeJS.Timeout;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#keepingAlive = setInterval(() => this.#keepAlive(), options.keepAliveMs);
    this.#keepingAlive.unref();
  }

  get count(): number {
    return this.#open.size;
  }

  /**
   * Runs one operation. Whatever is wrong with it is told in a `next` event, as the protocol asks for; the stream has
   * begun by then. `Last-Event-ID` wins over the argument `after`.
   */
  async run(
    request: IncomingMessage,
    response: ServerResponse,
    operation: OperationRequest,
    rights: Rights,
  ): Promise<void> {
    const lastEventId = request.headers['last-event-id'];
    const resumeAfter = typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : undefined;
    const runnable = await toRunnable(this.#options, operation, rights, resumeAfter);
    if (response.destroyed) return;
    begin(response);
    if (runnable.kind === 'errors') return finish(response, { errors: runnable.errors });
    if (runnable.kind === 'feed') return this.#runFeed(response, runnable.feed, rights);
    if (runnable.isMutation && request.method === 'GET') return finish(response, { errors: [mutationOverGet()] });
    return this.#runOther(response, runnable.prepared, rights);
  }

  async disconnectAll(reason: GoingAwayReason): Promise<void> {
    await Promise.all([...this.#open].map((stream) => disconnect(stream, reason)));
  }

  async disconnectKey(keyId: string): Promise<void> {
    const concerned = [...this.#open].filter(({ rights }) => rights.keyId === keyId);
    await Promise.all(concerned.map((stream) => disconnect(stream, 'KEY_REVOKED')));
  }

  keyIds(): string[] {
    return [...this.#open].flatMap(({ rights }) => rights.keyId ?? []);
  }

  terminate(): void {
    clearInterval(this.#keepingAlive);
    for (const { response } of this.#open) response.destroy();
  }

  #runFeed(response: ServerResponse, feed: FeedOperation, rights: Rights): void {
    const { engine, metrics, maxPendingBytes, formatError } = this.#options;
    const sink = new EventStreamSink(response, maxPendingBytes, {
      onFailed: (error) => finish(response, { errors: [toGraphQLError(error, formatError)] }),
      onDisconnect: (reason) => reason === 'SLOW_CONSUMER' && metrics.countSlowConsumer(),
    });
    this.#keep({ rights, sink, response });
    const subscription = engine.open(feed, sink);
    sink.attach(subscription);
    response.once('close', () => subscription.stop());
  }

  async #runOther(response: ServerResponse, prepared: PreparedOperation, rights: Rights): Promise<void> {
    const { formatError, maxPendingBytes } = this.#options;
    this.#keep({ rights, sink: null, response });
    const closing = new AbortController();
    const buffer = new OutgoingBuffer(response, maxPendingBytes);
    try {
      response.once('close', () => closing.abort());
      const result = await runPlainly(this.#options, prepared, rights, closing.signal);
      if (!(Symbol.asyncIterator in result))
        return finish(response, formatResult(result, formatError, prepared.extensions));
      response.once('close', () => void result.return());
      for await (const one of result) {
        response.write(nextEvent(JSON.stringify(formatResult(one, formatError))));
        if (buffer.isFull() && !(await buffer.drained(closing.signal))) return void response.destroy();
      }
      response.end(COMPLETE_EVENT);
    } catch (error) {
      if (!closing.signal.aborted) finish(response, { errors: [toGraphQLError(error, formatError)] });
    }
  }

  #keep(stream: OpenStream): void {
    this.#open.add(stream);
    this.#options.onConnections(this.#open.size);
    stream.response.once('close', () => {
      this.#open.delete(stream);
      this.#options.onConnections(this.#open.size);
    });
  }

  #keepAlive(): void {
    for (const { response } of this.#open) if (response.writableLength === 0) response.write(':\n\n');
  }
}

/** Answers before there is anything to say: some browsers wait for the first bytes. */
function begin(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  response.write(':\n\n');
}

function finish(response: ServerResponse, result: object): void {
  if (!response.writableEnded) response.end(nextEvent(JSON.stringify(result)) + COMPLETE_EVENT);
}

async function disconnect({ sink, response }: OpenStream, reason: GoingAwayReason): Promise<void> {
  if (sink) await sink.disconnect(reason);
  else response.end();
}

function mutationOverGet(): object {
  return { message: 'A mutation has to be sent with POST.', extensions: { code: 'BAD_USER_INPUT' } };
}
