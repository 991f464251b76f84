import pLimit from 'p-limit';
import { RateLimitError } from '../errors/index.ts';

export interface PushLimits {
  /** Deliveries of one sender that may come at once after a pause, and how many a second from then on. */
  readonly burst: number;
  readonly perSecond: number;
  /** Deliveries that are stored at a time; more wait for each other instead of taking every connection of the store. */
  readonly atOnce: number;
}

export const DEFAULT_PUSH_LIMITS: PushLimits = { burst: 200, perSecond: 20, atOnce: 6 };

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Holds each sender to a pace, and all of them together to what the store can take; of one process. */
export class PushGate {
  readonly #limits: PushLimits;
  readonly #monotonicMs: () => number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #run: ReturnType<typeof pLimit>;

  constructor(limits: PushLimits = DEFAULT_PUSH_LIMITS, monotonicMs: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#monotonicMs = monotonicMs;
    this.#run = pLimit(limits.atOnce);
  }

  /**
   * Does the work when its turn comes. Only for senders who are known: nobody else can use up their pace, and there are
   * as many buckets as keys and sources.
   * @throws RateLimitError for a sender that is ahead of its pace.
   */
  async pass<Result>(sender: string, work: () => Promise<Result>): Promise<Result> {
    this.#take(sender);
    return this.#run(work);
  }

  #take(sender: string): void {
    const { burst, perSecond } = this.#limits;
    const nowMs = this.#monotonicMs();
    const bucket = this.#buckets.get(sender) ?? { tokens: burst, filledAtMs: nowMs };
    const gained = ((nowMs - bucket.filledAtMs) / 1000) * perSecond;
    bucket.tokens = Math.min(burst, bucket.tokens + gained);
    bucket.filledAtMs = nowMs;
    this.#buckets.set(sender, bucket);
    if (bucket.tokens < 1) throw new RateLimitError(Math.ceil((1 - bucket.tokens) / perSecond));
    bucket.tokens -= 1;
  }
}
