import type { Database } from '../database/open-database.ts';

/**
 * Keys of what something happened to. Ends with the signal or with `return`. Who lags behind gets each key once, since
 * only keys wait and not what happened.
 */
export type KeyIterator<Key> = AsyncIterableIterator<Key>;

export interface FollowOptions<Key> {
  /** Given at once, before what happens. */
  readonly first?: readonly Key[];
  /** Of the keys that were told, those that the follower is to have, in the order it is to have them. */
  readonly choose: (keys: readonly Key[], signal: AbortSignal) => Promise<readonly Key[]> | readonly Key[];
  readonly signal?: AbortSignal | undefined;
}

export interface KeyFollower<Key> {
  follow(options: FollowOptions<Key>): KeyIterator<Key>;
  /** Whether anybody follows; what nobody hears need not be found out. */
  readonly isFollowed: boolean;
  /** Hands keys to all followers. */
  tell(keys: readonly Key[]): void;
  stop(): Promise<void>;
}

/** How keys come about. `tell` hands them to all followers. */
export interface KeyOrigin<Key> {
  readonly channels: readonly string[];
  /** Awaited before the connection is opened for the first time. */
  beforeListening?(): Promise<void>;
  onNotification(channel: string, payload: string, tell: (keys: readonly Key[]) => void): void;
  /** Called when the connection listens, and each time it was lost and listens again. */
  onListening(tell: (keys: readonly Key[]) => void, isFirst: boolean): void;
}

/** What one follower has yet to look at. */
interface Inbox<Key> {
  readonly keys: Set<Key>;
  wake: () => void;
}

/** Follows keys over one listening connection of the process, opened when the first follower comes. */
export function createKeyFollower<Key>(database: Pick<Database, 'listen'>, origin: KeyOrigin<Key>): KeyFollower<Key> {
  const inboxes = new Set<Inbox<Key>>();
  const stopped = new AbortController();
  let listening: ReturnType<Database['listen']> | undefined;

  const tell = (keys: readonly Key[]): void => {
    for (const inbox of inboxes) {
      for (const key of keys) inbox.keys.add(key);
      inbox.wake();
    }
  };
  const listen = async (): Promise<void> => {
    if (!listening) {
      const onNotification = (channel: string, payload: string): void => origin.onNotification(channel, payload, tell);
      const options = { onReconnect: () => origin.onListening(tell, false), signal: stopped.signal };
      const opening = (origin.beforeListening?.() ?? Promise.resolve()).then(() =>
        database.listen(origin.channels, onNotification, options),
      );
      listening = opening;
      opening.then(
        () => origin.onListening(tell, true),
        () => {
          listening = undefined;
        },
      );
    }
    await listening;
  };

  async function* read(
    inbox: Inbox<Key>,
    choose: FollowOptions<Key>['choose'],
    ended: AbortSignal,
  ): AsyncGenerator<Key, void, void> {
    try {
      await listen();
      while (!ended.aborted) {
        const keys = [...inbox.keys];
        inbox.keys.clear();
        if (keys.length > 0) yield* await choose(keys, ended);
        if (inbox.keys.size === 0 && !ended.aborted) {
          await new Promise<void>((resolve) => {
            inbox.wake = resolve;
          });
        }
      }
    } catch (error) {
      if (!ended.aborted) throw error;
    } finally {
      inboxes.delete(inbox);
    }
  }

  return {
    follow({ first = [], choose, signal }) {
      const inbox: Inbox<Key> = { keys: new Set(first), wake: () => undefined };
      const closing = new AbortController();
      const ended = AbortSignal.any([closing.signal, stopped.signal, ...(signal ? [signal] : [])]);
      ended.addEventListener('abort', () => inbox.wake(), { once: true });
      inboxes.add(inbox);
      const keys = read(inbox, choose, ended);
      // `return` of a generator waits for what it awaits, which may be the news of next week; so it is woken first.
      return {
        [Symbol.asyncIterator]() {
          return this;
        },
        next: () => keys.next(),
        return: () => {
          closing.abort();
          inboxes.delete(inbox);
          return keys.return();
        },
      };
    },
    get isFollowed() {
      return inboxes.size > 0;
    },
    tell,
    async stop() {
      stopped.abort();
      await (await listening?.catch(() => undefined))?.close();
    },
  };
}
