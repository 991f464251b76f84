import type { FactKindName } from '../../../schema/kinds/index.ts';
import { translateDatabaseError } from '../../database/translate-error.ts';
import { withdrawCorrection } from '../../unify/corrections.ts';
import { NOW } from '../reading/clocks.ts';
import { correctionByKey } from '../reading/corrections.ts';
import { factByKey } from '../reading/facts.ts';
import { keyOfArgument } from '../reading/global-id.ts';
import type { Reading } from '../reading/reading.ts';
import { requireOperator } from '../require-role.ts';
import type { CorrectionOptions, CorrectResult } from './correct.ts';
import type { UserError } from './user-error.ts';

/** Takes a correction back. One that is unknown, out of scope or withdrawn already comes back as an error in the answer. */
export async function withdraw(
  reading: Reading,
  request: { readonly id: string; readonly reason: string },
  { database }: Pick<CorrectionOptions, 'database'>,
): Promise<CorrectResult> {
  const by = requireOperator(reading.rights);
  const id = keyOfArgument('Correction', request.id);
  const correction = await correctionByKey(reading, id);
  if (!correction) return refused('NOT_FOUND', `There is no correction "${request.id}".`);
  const clocks = { recordedAt: reading.clock.now(), observedAt: reading.domainClock.now() };
  const withdrawal = { id, by, reason: request.reason.normalize('NFC').trim() };
  const done = await database
    .fork()
    .transactional((em) => withdrawCorrection(em as never, withdrawal, clocks))
    .catch((error: unknown) => {
      throw translateDatabaseError(error);
    });
  if (!done) return refused('CONFLICT', 'This correction has been withdrawn before.');
  return {
    correction: await correctionByKey(reading, id),
    entity: await factByKey(reading, correction.kind as FactKindName, correction.entityKey, NOW),
    errors: [],
  };
}

function refused(code: UserError['code'], message: string): CorrectResult {
  return { correction: null, entity: null, errors: [{ code, message, path: ['id'] }] };
}
