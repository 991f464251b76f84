import type { PushAuthentication, PushContext, PushDelivery, VerifiedPush } from './push.ts';

/** How the hub knows who pushes. */
export interface PushVerification {
  readonly authentication: PushAuthentication;
  /** Names that the source's credentials must have. */
  readonly credentials: readonly string[];
  /** Why its options make no sense together; empty where they do. */
  readonly mistakes: readonly string[];
  /** Throws a `PushError` UNAUTHENTICATED; gives the event id where the signature covers one. */
  verify(delivery: Pick<PushDelivery, 'headers' | 'rawBody'>, context: PushContext): VerifiedPush;
}

/** A key of the hub, of role `source`, that names the source; `Authorization: Bearer lt_…`. The hub checks it itself. */
export function hubKey(): PushVerification {
  return { authentication: 'hub-key', credentials: [], mistakes: [], verify: () => ({}) };
}
