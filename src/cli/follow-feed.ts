import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { HubError } from '../errors/index.ts';
import { wait } from '../lib/wait.ts';
import { TAIL_DOCUMENT, type TailEvent } from './feed-document.ts';
import { HubUnreachableError } from './hub-address.ts';

export interface FollowOptions {
  /** Of the hub, `http://…`. */
  readonly url: string;
  readonly key: string | undefined;
  /** Where to go on; undefined for from now on. */
  readonly after: string | undefined;
  readonly filter: object;
  readonly signal: AbortSignal;
  readonly random: () => number;
  /** Called for each event, in order. */
  readonly onEvent: (event: TailEvent) => void;
  /** Called when the connection was lost, with why; it is made again until the signal ends it. */
  readonly onLost: (reason: string) => void;
}

/** The hub answered that it will not do this; trying again helps only where it says so (its database is away). */
class FeedRefusedError extends HubError {
  override readonly code;
  override readonly retryable: boolean;

  constructor(message: string, code: HubError['code'], retryable = false) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

/**
 * Follows the change log of a hub through restarts and lost connections, without a change missing or twice: each new
 * connection goes on after the last cursor. Resolves when the signal ends it.
 * @throws HubUnreachableError if there is no hub to begin with; what the hub refuses, with its code.
 */
export async function followFeed(options: FollowOptions): Promise<void> {
  let after = options.after;
  let isFirst = true;
  let retryMs = FIRST_RETRY_MS;
  while (!options.signal.aborted) {
    const reason = await connectOnce(options, after, (event) => {
      after = event.cursor;
      isFirst = false;
      retryMs = FIRST_RETRY_MS;
      options.onEvent(event);
    }).catch((error: unknown) => {
      // A hub whose database is away says so and mends; one that never took us does not hear from us again.
      if (isFirst || !(error instanceof FeedRefusedError && error.retryable)) throw error;
      return error.message;
    });
    if (options.signal.aborted) return;
    if (isFirst) throw new HubUnreachableError(options.url, { cause: reason });
    options.onLost(reason);
    await wait(retryMs * (0.5 + options.random()), options.signal).catch(() => {});
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  }
}

/** One connection until it ends; gives why it ended. Throws what the hub refuses. */
async function connectOnce(
  { url, key, filter, signal }: FollowOptions,
  after: string | undefined,
  onEvent: (event: TailEvent) => void,
): Promise<string> {
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    ...(key === undefined ? {} : { connectionParams: { authorization: `Bearer ${key}` } }),
    retryAttempts: 0,
  });
  const end = (): void => void client.dispose();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await subscribe(client, { after: after ?? null, filter }, onEvent);
  } finally {
    signal.removeEventListener('abort', end);
    await client.dispose();
  }
}

function subscribe(client: Client, variables: Record<string, unknown>, onEvent: (event: TailEvent) => void) {
  return new Promise<string>((resolve, reject) => {
    client.subscribe<{ changes: TailEvent }>(
      { query: TAIL_DOCUMENT, variables },
      {
        next: ({ data, errors }) => {
          if (errors?.[0]) reject(refused(errors[0]));
          else if (data) onEvent(data.changes);
        },
        error: (error) => {
          if (Array.isArray(error)) reject(refused(error[0]));
          else if (isClose(error) && error.code === 4403)
            reject(new FeedRefusedError(`The hub refuses: ${error.reason}`, 'FORBIDDEN'));
          else if (isClose(error) && error.code === 4401)
            reject(new FeedRefusedError('The hub wants a key: set LIENTHONG_KEY.', 'UNAUTHENTICATED'));
          else resolve(isClose(error) ? `closed (${error.code} ${error.reason})` : describe(error));
        },
        complete: () => resolve('the hub ended the subscription'),
      },
    );
  });
}

function refused(error: { message: string; extensions?: Record<string, unknown> | undefined }): FeedRefusedError {
  const { code = 'BAD_USER_INPUT', retryable = false } = error.extensions ?? {};
  return new FeedRefusedError(error.message, code as HubError['code'], retryable === true);
}

function isClose(error: unknown): error is { code: number; reason: string } {
  return typeof error === 'object' && error !== null && 'code' in error && 'reason' in error;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message || 'the connection was lost' : 'the connection was lost';
}
