import type { EntityManager } from '@mikro-orm/postgresql';
import { throwIfCancelled } from '../../../connectors/kit/connector-error.ts';
import { CoordinationError } from '../../../connectors/kit/coordination.ts';
import { orCancelled } from '../../../connectors/kit/sleep.ts';
import type { Database } from '../../database/open-database.ts';

export type AskDatabase = <Result>(
  work: (db: ReturnType<EntityManager['getKysely']>) => Promise<Result>,
  signal: AbortSignal,
) => Promise<Result>;

/**
 * Asks the database what the workers share. Throws CANCELLED as soon as the signal aborts (the statement may still take
 * effect), and a CoordinationError for whatever is wrong with the database.
 */
export function createAskDatabase(database: Pick<Database, 'fork'>): AskDatabase {
  return async (work, signal) => {
    throwIfCancelled(signal);
    const ask = async () => work(database.fork().getKysely());
    const asked = ask().catch((cause: unknown) => {
      throw new CoordinationError(cause);
    });
    return orCancelled(asked, signal);
  };
}
