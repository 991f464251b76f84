import { createHmac } from 'node:crypto';
import { TokenBook } from './token-book.ts';

/** JSON Web Tokens (HS256) that a stand-in has given out, each with an id of its own; they say themselves until when they hold. */
export class JwtBook {
  private readonly held: TokenBook;
  private readonly key: string;

  constructor(createToken: () => string) {
    this.key = createToken();
    this.held = new TokenBook(createToken);
  }

  issue(now: Date, lifeMs: number): string {
    const seconds = Math.floor(now.getTime() / 1000);
    const claims = { jti: this.held.issue(now, lifeMs), iat: seconds, exp: seconds + Math.floor(lifeMs / 1000) };
    const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${this.sign(signed)}`;
  }

  holds(token: string | undefined, now: Date): boolean {
    const [header, claims = '', signature] = token?.split('.') ?? [];
    if (signature === undefined || signature !== this.sign(`${header}.${claims}`)) return false;
    const { jti } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { jti?: string };
    return this.held.holds(jti, now);
  }

  revokeAll(): void {
    this.held.revokeAll();
  }

  private sign(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url');
  }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
