import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { aFunction, aText, checkOptions, type OptionChecks } from '../check-options.ts';
import { type HttpRequest, requestBody, requestUrl } from '../http/http-types.ts';
import { type AuthKind, withHeaders } from './auth.ts';

export interface HmacSignedOptions {
  readonly algorithm?: 'sha256' | 'sha512';
  /** Default hex. */
  readonly encoding?: 'hex' | 'base64';
  /** The header that names the key. */
  readonly keyHeader: string;
  /** The header with the moment of signing, in epoch milliseconds. */
  readonly timestampHeader: string;
  readonly signatureHeader: string;
  /** The header with a text that is used once, where the upstream wants one. */
  readonly nonceHeader?: string;
  /** What is signed. Default its parts in this order, one a line; a nonce stands after the time. */
  readonly signedText?: (parts: SignedParts) => string;
}

const CHECKS: OptionChecks<HmacSignedOptions> = {
  algorithm: z.enum(['sha256', 'sha512']).optional(),
  encoding: z.enum(['hex', 'base64']).optional(),
  keyHeader: aText,
  timestampHeader: aText,
  signatureHeader: aText,
  nonceHeader: aText.optional(),
  signedText: aFunction.optional(),
};

export interface SignedParts {
  readonly method: string;
  /** Path and query below the base URL, exactly as they are sent. */
  readonly path: string;
  readonly timestamp: string;
  readonly nonce?: string;
  /** Exactly as it is sent; empty for none. */
  readonly body: string;
}

/**
 * Signs every request with a shared secret, from the credentials `accessKey` and `secretKey`. Nothing is signed in, so
 * nothing expires but the signature itself: each attempt has one of its own, with the time of the upstream's world.
 */
export function hmacSigned(options: HmacSignedOptions): AuthKind {
  checkOptions('hmac-signed', CHECKS, options);
  const { algorithm = 'sha256', encoding = 'hex', signedText = inLines } = options;
  return {
    name: 'hmac-signed',
    credentials: ['accessKey', 'secretKey'],
    authorize: async (request, { credentials: { accessKey = '', secretKey = '' }, baseUrl, domainNow, nonce }) => {
      const timestamp = String(domainNow().getTime());
      const once = options.nonceHeader === undefined ? undefined : nonce();
      const text = signedText({ ...partsOf(request, baseUrl), timestamp, ...(once !== undefined && { nonce: once }) });
      const signature = createHmac(algorithm, secretKey).update(text).digest(encoding);
      return {
        request: withHeaders(request, {
          [options.keyHeader]: accessKey,
          [options.timestampHeader]: timestamp,
          ...(options.nonceHeader && { [options.nonceHeader]: once ?? '' }),
          [options.signatureHeader]: signature,
        }),
      };
    },
  };
}

function partsOf(request: HttpRequest, baseUrl: string): Pick<SignedParts, 'method' | 'path' | 'body'> {
  const { pathname, search } = requestUrl(baseUrl, request);
  const base = new URL(baseUrl).pathname.replace(/\/$/, '');
  const path = pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : pathname;
  return { method: request.method, path: path + search, body: requestBody(request) };
}

export function inLines({ method, path, timestamp, nonce, body }: SignedParts): string {
  return [method, path, timestamp, ...(nonce === undefined ? [] : [nonce]), body].join('\n');
}
