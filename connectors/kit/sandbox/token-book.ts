/** Tokens that a stand-in has given out, and until when they hold. */
export class TokenBook {
  private readonly expiry = new Map<string, number>();

  constructor(private readonly createToken: () => string) {}

  /** A new token; `lifeMs` undefined: until it is revoked. */
  issue(now: Date, lifeMs?: number): string {
    const token = this.createToken();
    this.expiry.set(token, lifeMs === undefined ? Number.POSITIVE_INFINITY : now.getTime() + lifeMs);
    return token;
  }

  holds(token: string | undefined, now: Date): boolean {
    return token !== undefined && (this.expiry.get(token) ?? Number.NEGATIVE_INFINITY) > now.getTime();
  }

  revoke(token: string): void {
    this.expiry.delete(token);
  }

  revokeAll(): void {
    this.expiry.clear();
  }
}
