import { ForbiddenError, UnauthenticatedError } from '../../errors/index.ts';
import type { Rights } from '../rights.ts';

export interface PushRights {
  /** The id of the key. */
  readonly sender: string;
  /** Province codes it may speak of; null for all. */
  readonly provinces: readonly string[] | null;
}

/**
 * Of what a caller with a key may push to a source. A key that is limited to other sources learns nothing of this one,
 * not even whether there is one.
 * @throws UnauthenticatedError for no key, ForbiddenError for one that may not.
 */
export function requirePushRights(rights: Rights, sourceId: string): PushRights {
  if (rights.keyId === null) throw new UnauthenticatedError();
  if (rights.role !== 'source' && rights.role !== 'admin') {
    throw new ForbiddenError(`A key of role ${rights.role} may not push; it takes one of role source.`);
  }
  if (rights.sources !== null && !rights.sources.includes(sourceId)) {
    throw new ForbiddenError(`This key pushes to ${rights.sources.join(', ')} only.`);
  }
  return { sender: rights.keyId, provinces: rights.provinces };
}

/** Whether a caller may look up a receipt: who pushed it, and operators, each within what they are limited to. */
export function mayReadReceipt(
  rights: Rights,
  receipt: { readonly sourceId: string; readonly sender: string },
): boolean {
  if (rights.keyId === null) return false;
  if (rights.sources !== null && !rights.sources.includes(receipt.sourceId)) return false;
  if (rights.keyId === receipt.sender) return true;
  // A receipt tells of records of any province.
  return (rights.role === 'operator' || rights.role === 'admin') && rights.provinces === null;
}
