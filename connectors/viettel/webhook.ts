import type { HmacSignatureOptions } from '../kit/index.ts';

/** How Viettel signs its webhooks: id, time and raw body, with a secret of their own. */
export const WEBHOOK_SIGNATURE = {
  header: 'X-Viettel-Webhook-Signature',
  prefix: 'sha256=',
  secret: 'webhookSecret',
  algorithm: 'sha256',
  timestampHeader: 'X-Viettel-Webhook-Timestamp',
  eventIdHeader: 'X-Viettel-Event-Id',
  windowMs: 5 * 60_000,
} as const satisfies HmacSignatureOptions;
