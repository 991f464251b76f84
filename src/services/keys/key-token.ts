import { createHash, timingSafeEqual } from 'node:crypto';

/** Where random bytes come from; `crypto.randomBytes` but in tests. */
export type RandomBytes = (size: number) => Uint8Array;

const ID_BYTES = 5;
/** 256 bits: nobody guesses it, so one round of SHA-256 protects it as well as a slow hash would, at no cost per request. */
const SECRET_BYTES = 32;
const FORM = /^lt_([0-9a-f]{10})_([A-Za-z0-9_-]{43})$/;

export interface NewToken {
  /** Names the key in lists and logs; not secret. */
  readonly id: string;
  /** `lt_<id>_<secret>`: what the caller presents. Exists only here; the hub keeps its hash. */
  readonly token: string;
  readonly hash: string;
}

export function createToken(randomBytes: RandomBytes): NewToken {
  const id = Buffer.from(randomBytes(ID_BYTES)).toString('hex');
  const token = `lt_${id}_${Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url')}`;
  return { id, token, hash: hashToken(token) };
}

/** The id a token names, or null for a text that is no token of ours. Says nothing on whether the token is valid. */
export function idOfToken(token: string): string | null {
  return FORM.exec(token)?.[1] ?? null;
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Compares in constant time, so that the time an answer takes says nothing about the hash. */
export function tokenMatches(token: string, hash: string): boolean {
  const given = Buffer.from(hashToken(token), 'hex');
  const kept = Buffer.from(hash, 'hex');
  return given.length === kept.length && timingSafeEqual(given, kept);
}
