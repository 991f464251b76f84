import { ForbiddenError, UnauthenticatedError } from '../errors/index.ts';
import type { Rights } from './rights.ts';

/**
 * Lets operators and admins pass, and gives the id of the key that acts. Writing always needs a key, from loopback too.
 * Throws UNAUTHENTICATED for no key and FORBIDDEN for one whose role is not enough.
 */
export function requireOperator(rights: Rights): string {
  if (rights.keyId === null) throw new UnauthenticatedError();
  if (rights.role === 'operator' || rights.role === 'admin') return rights.keyId;
  throw new ForbiddenError(`A key of role ${rights.role} may not do that; it takes an operator or an admin.`);
}
