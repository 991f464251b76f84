import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

/** Seals what only those who have the credentials may read. */
export interface Seal {
  /** Tells these credentials from others, and nothing of them. */
  readonly id: string;
  seal(text: string): Buffer;
  /** Undefined for what was sealed by other credentials, or altered. */
  open(sealed: Buffer): string | undefined;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const stretch = promisify(scrypt) as (secret: string, salt: string, length: number) => Promise<Buffer>;

/**
 * AES-256-GCM under a key that is derived (scrypt, then HKDF) from the credentials of a source and the name of its
 * upstream. scrypt, because credentials may be guessable and what is sealed stands in a database: some 50 ms, once.
 */
export async function createSeal(credentials: Readonly<Record<string, string>>, upstream: string): Promise<Seal> {
  const secret = JSON.stringify(Object.entries(credentials).sort(([left], [right]) => (left < right ? -1 : 1)));
  const master = await stretch(secret, `lienthong session ${upstream}`, KEY_BYTES);
  const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', master, '', purpose, KEY_BYTES));
  const key = derive('seal');
  return {
    id: derive('name').toString('base64url').slice(0, 22),
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(upstream));
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed) {
      try {
        const nonce = sealed.subarray(0, NONCE_BYTES);
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(upstream))
          .setAuthTag(sealed.subarray(-TAG_BYTES));
        const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
        return Buffer.concat([text, decipher.final()]).toString('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
