import { BadUserInputError, ForbiddenError, NotFoundError } from '../../errors/index.ts';
import { keyOfArgument } from '../reading/global-id.ts';
import type { Reading } from '../reading/reading.ts';
import { runByNumber, type SyncRunView } from '../reading/sync-runs.ts';
import { requireOperator } from '../require-role.ts';

/**
 * Asks for a run of a source and gives its number: of the new run, or of the one that is going on. Resolves when the run
 * has begun, not when it has ended.
 */
export type RequestRun = (sourceId: string, by: string) => Promise<number>;

/** Runs a source now. Throws NOT_FOUND, FORBIDDEN, UNAUTHENTICATED, or BAD_USER_INPUT for a source that nobody pulls. */
export async function syncNow(reading: Reading, source: string, requestRun: RequestRun): Promise<SyncRunView> {
  const by = requireOperator(reading.rights);
  const { rights, reference } = reading;
  const code = keyOfArgument('Source', source);
  if (!reference.find('Source', code)) await reference.refresh();
  const found = reference.find('Source', code);
  if (!found) throw new NotFoundError('source', source);
  const { sources, provinces } = rights;
  if (sources && !sources.includes(code)) throw new ForbiddenError('Your key is limited to other sources.');
  if (provinces && !found.scopeProvinces?.every((province) => provinces.includes(province))) {
    throw new ForbiddenError('Your key is limited to provinces, and this source speaks of others.');
  }
  if (found.kind !== 'pull') throw new BadUserInputError(`The hub does not ask "${code}", so there is nothing to run.`);
  const run = await runByNumber(reading, await requestRun(code, by));
  if (!run) throw new NotFoundError('run of source', code);
  return run;
}
