import { type Logger, silentLogger } from '../lib/logger.ts';
import { wait } from '../lib/wait.ts';
import { SteadyClient } from './steady-client.ts';
import { translateDatabaseError } from './translate-error.ts';

export type OnNotification = (channel: string, payload: string) => void;

export interface ListenOptions {
  /** Called after the connection was lost and made again: notifications in between are lost, so read the table. */
  readonly onReconnect?: () => void;
  /** Ends the listener. */
  readonly signal?: AbortSignal;
  readonly logger?: Logger;
  /** 0 to below 1; spreads the reconnects of many processes. */
  readonly random?: () => number;
}

export interface Listener {
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;

/**
 * Listens on a connection of its own until closed. Resolves when the first connection listens, or rejects if that one
 * cannot be made; whatever happens later is mended in the background with growing waits.
 */
export async function listen(
  url: string,
  channels: readonly string[],
  onNotification: OnNotification,
  options: ListenOptions = {},
): Promise<Listener> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  options.signal?.addEventListener('abort', end, { once: true });
  if (options.signal?.aborted) end();
  const connect = (): Promise<Connected> => connectListener(url, channels, onNotification);
  let current: Connected;
  try {
    ending.signal.throwIfAborted();
    current = await connect();
  } catch (error) {
    options.signal?.removeEventListener('abort', end);
    throw translateDatabaseError(error);
  }
  const running = keepListening(current, connect, ending.signal, options);
  return {
    close: async () => {
      ending.abort();
      options.signal?.removeEventListener('abort', end);
      await running;
    },
  };
}

interface Connected {
  readonly client: SteadyClient;
  readonly lost: Promise<void>;
}

async function connectListener(
  url: string,
  channels: readonly string[],
  onNotification: OnNotification,
): Promise<Connected> {
  const client = new SteadyClient({
    connectionString: url,
    application_name: 'lienthong listener',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  const lost = new Promise<void>((resolve) => {
    client.on('error', () => resolve()).on('end', () => resolve());
  });
  client.on('notification', ({ channel, payload }) => onNotification(channel, payload ?? ''));
  try {
    await client.connect();
    await client.query(channels.map((channel) => `listen ${client.escapeIdentifier(channel)}`).join(';'));
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return { client, lost };
}

async function keepListening(
  first: Connected,
  connect: () => Promise<Connected>,
  signal: AbortSignal,
  { onReconnect, logger = silentLogger, random = Math.random }: ListenOptions,
): Promise<void> {
  let current: Connected | undefined = first;
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  while (!signal.aborted) {
    await Promise.race([current.lost, aborted]);
    if (signal.aborted) break;
    await current.client.end().catch(() => undefined);
    logger.warn({}, 'the listening database connection was lost');
    const next = await reconnect(connect, signal, random);
    if (!next) return;
    current = next;
    logger.info({}, 'the listening database connection is back');
    onReconnect?.();
  }
  await current.client.end().catch(() => undefined);
}

async function reconnect(
  connect: () => Promise<Connected>,
  signal: AbortSignal,
  random: () => number,
): Promise<Connected | undefined> {
  for (let backoffMs = FIRST_RETRY_MS; !signal.aborted; backoffMs = Math.min(backoffMs * 2, LAST_RETRY_MS)) {
    await wait(backoffMs * (0.5 + random()), signal).catch(() => undefined);
    const next = signal.aborted ? undefined : await connect().catch(() => undefined);
    if (next) return next;
  }
  return undefined;
}
