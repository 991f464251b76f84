import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PushContext, PushDelivery } from './push.ts';
import { PushError } from './push-error.ts';
import type { PushVerification } from './verify-push.ts';

export interface HmacSignatureOptions {
  /** The header that carries the signature. */
  readonly header: string;
  /** Put before the signature, e.g. `sha256=`. Default nothing. */
  readonly prefix?: string;
  /** Default hex. */
  readonly encoding?: 'hex' | 'base64';
  /** The credential that holds the secret shared with the sender. */
  readonly secret: string;
  readonly algorithm: 'sha256' | 'sha512';
  /** The header with the moment of sending in epoch milliseconds. It is signed with the body: `<time>.<body>`. */
  readonly timestampHeader?: string;
  /** The header with the event's id. It is signed too: `<id>.<time>.<body>`, or `<id>.<body>`. */
  readonly eventIdHeader?: string;
  /**
   * How far the moment of sending may lie from the hub's clock; milliseconds. What was caught on the way can be played
   * again for that long, and as an event that is known it then changes nothing.
   */
  readonly windowMs?: number;
}

/** Says nothing of what was wrong: who guesses learns nothing. */
const REFUSED = 'The signature is missing, wrong, or too old. Sign the body as it is sent, with the current time.';
const MAX_EVENT_ID_LENGTH = 200;

/** A signature over the raw body with a shared secret, compared in constant time. */
export function hmacSignature(options: HmacSignatureOptions): PushVerification {
  return {
    authentication: 'signature',
    credentials: [options.secret],
    mistakes: mistakesOf(options),
    verify(delivery, context) {
      const secret = context.credentials[options.secret];
      const given = headerOf(delivery, options.header);
      if (!secret || given === undefined || !isSigned(options, delivery, secret, given)) throw refused();
      // Only now: the time of a message that nobody signed says nothing.
      if (!isCurrent(options, delivery, context)) throw refused();
      const eventId = options.eventIdHeader && headerOf(delivery, options.eventIdHeader);
      return eventId ? { eventId } : {};
    },
  };
}

/** The headers under which a body goes out, for senders of our own (the sandbox, tests). */
export function signDelivery(
  options: HmacSignatureOptions,
  secret: string,
  message: { readonly body: Buffer; readonly timestampMs: number; readonly eventId?: string },
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (options.timestampHeader) headers[options.timestampHeader.toLowerCase()] = String(message.timestampMs);
  if (options.eventIdHeader) headers[options.eventIdHeader.toLowerCase()] = message.eventId ?? '';
  const digest = digestOf(options, { headers, rawBody: message.body }, secret);
  return {
    ...headers,
    [options.header.toLowerCase()]: `${options.prefix ?? ''}${digest.toString(encodingOf(options))}`,
  };
}

function mistakesOf({ timestampHeader, windowMs }: HmacSignatureOptions): string[] {
  if (timestampHeader === undefined && windowMs !== undefined) return ['has a replay window and no time to hold to it'];
  if (timestampHeader !== undefined && !(windowMs !== undefined && windowMs > 0)) {
    return ['signs a time and has no window for it: a message could be played again for ever'];
  }
  return [];
}

type Signed = Pick<PushDelivery, 'headers' | 'rawBody'>;

function isSigned(options: HmacSignatureOptions, delivery: Signed, secret: string, given: string): boolean {
  const { prefix = '', timestampHeader, eventIdHeader } = options;
  if (!given.startsWith(prefix)) return false;
  if (timestampHeader && !/^\d{1,15}$/.test(headerOf(delivery, timestampHeader) ?? '')) return false;
  const eventId = eventIdHeader && headerOf(delivery, eventIdHeader);
  if (eventIdHeader && (!eventId || eventId.length > MAX_EVENT_ID_LENGTH)) return false;
  // As text: decoders of hex and Base64 overlook what does not belong there.
  const expected = Buffer.from(digestOf(options, delivery, secret).toString(encodingOf(options)));
  const signature = Buffer.from(given.slice(prefix.length));
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}

function isCurrent(
  { timestampHeader, windowMs }: HmacSignatureOptions,
  delivery: Signed,
  context: PushContext,
): boolean {
  if (!timestampHeader || windowMs === undefined) return true;
  const sentAt = Number(headerOf(delivery, timestampHeader));
  return Math.abs(context.clock.now().getTime() - sentAt) <= windowMs;
}

function digestOf(options: HmacSignatureOptions, delivery: Signed, secret: string): Buffer {
  const hmac = createHmac(options.algorithm, secret);
  for (const name of [options.eventIdHeader, options.timestampHeader]) {
    if (name) hmac.update(`${headerOf(delivery, name) ?? ''}.`);
  }
  return hmac.update(delivery.rawBody).digest();
}

const headerOf = ({ headers }: Signed, name: string): string | undefined => headers[name.toLowerCase()];
const encodingOf = ({ encoding }: HmacSignatureOptions): 'hex' | 'base64' => encoding ?? 'hex';
const refused = (): PushError => new PushError('UNAUTHENTICATED', REFUSED);
