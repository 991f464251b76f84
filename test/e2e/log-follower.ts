import type { TailChange } from '../../src/cli/feed-document.ts';
import { followFeed } from '../../src/cli/follow-feed.ts';

export interface LogFollower {
  /** In the order in which they came. */
  readonly changes: TailChange[];
  /** How often the connection was lost. */
  losses(): number;
  stop(): Promise<void>;
}

/**
 * Follows the whole log of a hub from its beginning, through whatever happens to the hub once the first word of it is here.
 * Throws what keeps it from following.
 */
export async function startFollower(url: string, after: string): Promise<LogFollower> {
  const follows = Promise.withResolvers<void>();
  const changes: TailChange[] = [];
  const stopping = new AbortController();
  let losses = 0;
  const done = followFeed({
    url,
    key: undefined,
    after,
    filter: {},
    signal: stopping.signal,
    random: Math.random,
    onEvent: (event) => {
      follows.resolve();
      if (event.__typename === 'Change') changes.push(event);
      else if (event.__typename === 'FeedMustRefetch') throw new Error(`the log cannot go on: ${event.refetchReason}`);
    },
    onLost: () => {
      losses += 1;
    },
  });
  done.catch(follows.reject);
  await follows.promise;
  return {
    changes,
    losses: () => losses,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

/** Where the log breaks off: an entity whose change does not begin where the one before it ended. */
export function brokenLinks(changes: readonly TailChange[]): string[] {
  const state = new Map<string, string>();
  const broken: string[] = [];
  for (const { entityKind, entityKey, seq, before, after } of changes) {
    const id = `${entityKind} ${entityKey}`;
    const known = state.get(id) ?? 'null';
    if (canonical(before) !== known) broken.push(`${seq} ${id}: ${known} is not ${canonical(before)}`);
    state.set(id, canonical(after));
  }
  return broken;
}

/** JSON with sorted names, so that equal values are equal texts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}
