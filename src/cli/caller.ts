import { userInfo } from 'node:os';
import { createRights, type Rights } from '../services/rights.ts';

/** Who acts, in records of who did what. Whoever can open the database may do anything with it. */
export function caller(): string {
  return `command line (${userInfo().username})`;
}

/** The rights of whoever sits at the command line. */
export function callerRights(): Rights {
  return createRights({ role: 'admin', provinces: null, sources: null, keyId: caller() });
}
