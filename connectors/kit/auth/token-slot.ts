import { orCancelled } from '../sleep.ts';
import type { TokenVault } from './token-vault.ts';

/** A token or session. `expiresAtMs` by the monotonic clock; undefined where the upstream does not tell. */
export interface Token {
  readonly value: string;
  readonly expiresAtMs?: number;
  readonly refreshToken?: string;
}

/**
 * The current token of one upstream, for all runs of the process, and through the vault for all workers. However many
 * find it missing or dead at once, one renewal runs and all wait for it; a waiter that is cancelled leaves without ending
 * the renewal for the others.
 */
export class TokenSlot {
  private current: Token | undefined;
  private renewal: Promise<Token> | undefined;

  /** `closing` ends what waits in the vault. */
  constructor(
    private readonly vault?: TokenVault,
    private readonly closing: AbortSignal = new AbortController().signal,
  ) {}

  /**
   * The token, renewed where there is none or it is expired. `renew` gets the token before it, whose refresh token may
   * serve, and must end by itself (its own deadline): it is not bound to the signal of whoever asks.
   */
  async get(
    nowMs: number,
    renew: (previous: Token | undefined) => Promise<Token>,
    signal: AbortSignal,
  ): Promise<Token> {
    const { current } = this;
    if (current && !this.isDead(current, nowMs)) return current;
    this.renewal ??= this.start(renew, current);
    return orCancelled(this.renewal, signal);
  }

  /** Says that the upstream no longer takes this token. A token that has been replaced already is left alone. */
  invalidate(token: Token): void {
    if (this.current?.value === token.value) this.current = { ...this.current, expiresAtMs: Number.NEGATIVE_INFINITY };
  }

  private isDead(token: Token, nowMs: number): boolean {
    return token.expiresAtMs !== undefined && token.expiresAtMs <= nowMs;
  }

  private start(renew: (previous: Token | undefined) => Promise<Token>, previous: Token | undefined): Promise<Token> {
    const renewal = (this.vault?.renewed(previous, renew, this.closing) ?? renew(previous))
      .then((token) => {
        this.current = token;
        return token;
      })
      .finally(() => {
        this.renewal = undefined;
      });
    // Whoever waits sees the failure; without a waiter left it must not end the process.
    renewal.catch(() => undefined);
    return renewal;
  }
}
