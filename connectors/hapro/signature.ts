import type { HmacSignatureOptions } from '../kit/index.ts';

/** Over the raw body alone; when it was sent is not signed, so an event that is played again is known by its id. */
export const SIGNATURE = {
  header: 'X-Hapro-Signature',
  encoding: 'base64',
  secret: 'secret',
  algorithm: 'sha256',
} as const satisfies HmacSignatureOptions;
