import type { Clock } from '../../../src/lib/clock.ts';
import type { ConnectorLogger } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import type { Sleep } from '../sleep.ts';
import { createSeededRandom } from './seeded-random.ts';
import type { SandboxEvent, SandboxSender } from './sender.ts';

export interface PusherOptions {
  /** Address of the hub, without a path. */
  readonly hub: string;
  readonly senders: readonly SandboxSender[];
  /** The time that the senders live in. */
  readonly clock: Clock;
  /** The real clock. */
  readonly realClock: Clock;
  readonly seed: number;
  readonly keys: SenderKeys;
  readonly sleep: Sleep;
  /** Between two looks at what has happened; real milliseconds. Default 2,000. */
  readonly everyMs?: number;
  /** Between two reports of what is so; real milliseconds. Default 60,000. */
  readonly reportEveryMs?: number;
  readonly logger?: ConnectorLogger;
}

/** The hub's keys of those senders that need one. */
export interface SenderKeys {
  /** May fail, and is then asked again. */
  of(sender: SandboxSender): Promise<string>;
  /** The hub does not know it any more. */
  forget(sender: SandboxSender): void;
}

export interface Pusher {
  /** Looks once what there is to tell, and delivers it; gives how many deliveries are left for the next time. */
  turn(): Promise<number>;
  /** Goes on until `stop`. */
  run(): void;
  stop(): Promise<void>;
}

const DEADLINE_MS = 10_000;
/** Of one sender; beyond it the oldest are given up, as a real sender would. */
const MAX_WAITING = 1_000;
const AGAIN_SHARE = 0.2;
const DISORDER_SHARE = 0.3;

interface Line {
  readonly sender: SandboxSender;
  waiting: SandboxEvent[];
  since: Date;
  reportedAtMs: number;
}

/**
 * Sends to the hub what its senders have to say, as real senders do: out of order and some of it twice, by the seed, and
 * again and again until the hub has taken it. What the hub refuses for good is given up, with a line in the log.
 */
export function createPusher(options: PusherOptions): Pusher {
  const { senders, clock, realClock, everyMs = 2_000, reportEveryMs = 60_000 } = options;
  const random = createSeededRandom(options.seed);
  const stopping = new AbortController();
  const lines = senders.map((sender): Line => ({ sender, waiting: [], since: new Date(0), reportedAtMs: 0 }));
  let running: Promise<void> = Promise.resolve();

  const collect = (line: Line): void => {
    const at = clock.now();
    const sentAt = realClock.now();
    const events = [...line.sender.eventsBetween(line.since, at)];
    if (random() < DISORDER_SHARE) events.reverse();
    const again = events.filter(() => random() < AGAIN_SHARE);
    const isDue = sentAt.getTime() - line.reportedAtMs >= reportEveryMs;
    const report = isDue ? line.sender.reportAt(at, sentAt) : [];
    if (isDue) line.reportedAtMs = sentAt.getTime();
    line.since = at;
    line.waiting = [...line.waiting, ...events, ...again, ...report].slice(-MAX_WAITING);
  };

  const deliver = async (line: Line): Promise<void> => {
    const left: SandboxEvent[] = [];
    for (const [index, event] of line.waiting.entries()) {
      const outcome = await send(options, line.sender, event, stopping.signal);
      if (outcome === 'again') {
        // The hub is away or busy: it will be so for the next one too.
        left.push(...line.waiting.slice(index));
        break;
      }
    }
    line.waiting = left;
  };

  const turn = async (): Promise<number> => {
    for (const line of lines) {
      if (stopping.signal.aborted) break;
      collect(line);
      await deliver(line);
    }
    return lines.reduce((sum, { waiting }) => sum + waiting.length, 0);
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await turn();
      await options.sleep(everyMs, stopping.signal).catch((error) => {
        if (!(error instanceof ConnectorError)) throw error;
      });
    }
  };

  return {
    turn,
    run: () => {
      running = loop().catch((error: Error) => {
        options.logger?.warn({ reason: error.message }, 'the senders of the sandbox ended');
      });
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** One delivery. `done` also for what the hub will never take. */
async function send(
  { hub, keys, realClock, logger }: PusherOptions,
  sender: SandboxSender,
  event: SandboxEvent,
  signal: AbortSignal,
): Promise<'done' | 'again'> {
  try {
    const key = sender.provinces ? await keys.of(sender) : undefined;
    const response = await fetch(`${hub}/ingest/${sender.source}`, {
      method: 'POST',
      headers: {
        'content-type': event.contentType,
        ...sender.headersOf(event, realClock.now()),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: new Uint8Array(event.body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
    const answer = await response.text();
    if (response.ok) return 'done';
    if (response.status === 401 && key !== undefined) {
      keys.forget(sender);
      return 'again';
    }
    if (response.status === 429 || response.status >= 500) return 'again';
    const told = { source: sender.source, sender: sender.name, status: response.status, answer: answer.slice(0, 500) };
    logger?.warn(told, 'the hub refused what the sandbox sent');
    return 'done';
  } catch (error) {
    logger?.debug({ sender: sender.name, reason: (error as Error).message }, 'the hub could not be reached');
    return 'again';
  }
}
