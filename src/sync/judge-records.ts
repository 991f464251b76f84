import type { ReadRecord, RejectedRecord } from '../../connectors/kit/connector.ts';
import { createRejection, type RejectionSetting } from '../../connectors/kit/rejection.ts';
import type { Observation } from '../../schema/observation.ts';
import type { PeriodBound } from './period-bound.ts';
import { type Fault, type PreparationContext, prepareObservation } from './prepare-observation.ts';
import { statementRevision } from './statement-revision.ts';

export interface Judging extends PreparationContext {
  /** Of the page or delivery that the records are of. */
  readonly periods: PeriodBound;
  /** Of the contract by which the records were read: it ranks what is said of one moment. */
  readonly contractVersion: string;
}

export type Judgement =
  | { readonly observations: readonly Observation[] }
  | { readonly faults: readonly [Fault, ...Fault[]] };

/**
 * What a record says, in the form that is stored, or everything that the hub has against it. One of which a single
 * statement is refused is refused as a whole: half of it may mean something else than all of it. Everything that comes
 * in is judged here, whether it is read, pushed, replayed or tried again, so that none says otherwise than another. Pure.
 */
export function judgeRecord(observations: readonly Observation[], judging: Judging): Judgement {
  const prepared = observations.map((one) => prepareObservation(ranked(one, judging.contractVersion), judging));
  // Several statements of a record share its key, and so what is wrong with it.
  const faults = new Map(prepared.flatMap((one) => ('reason' in one ? [[`${one.path} ${one.reason}`, one]] : [])));
  const [first, ...others] = faults.values();
  if (first) return { faults: [first, ...others] };
  const sound = prepared.flatMap((one) => ('observation' in one ? [one.observation] : []));
  const fault = judging.periods.check(sound);
  return fault ? { faults: [fault] } : { observations: sound };
}

/** What of some records can be stored, and the others with the reason. */
export function judgeRecords(
  records: readonly ReadRecord[],
  judging: Judging,
  setting: RejectionSetting,
): { observations: Observation[]; rejections: RejectedRecord[] } {
  const observations: Observation[] = [];
  const rejections: RejectedRecord[] = [];
  for (const { record, observations: said } of records) {
    const judged = judgeRecord(said, judging);
    if ('faults' in judged) rejections.push(rejectFor(judged.faults[0], record, setting));
    else for (const observation of judged.observations) observations.push(observation);
  }
  return { observations, rejections };
}

/**
 * The rejection of a record as it came, without secrets. One of another province than its source is limited to is kept
 * without what it says: whoever may see that source may not see that province.
 */
export function rejectFor(fault: Fault, record: unknown, setting: RejectionSetting): RejectedRecord {
  return createRejection(setting, fault.isBeyondSource ? NOT_SHOWN : record, fault.reason, fault.path);
}

const NOT_SHOWN = { cut: true, beginning: '' };

function ranked(observation: Observation, contractVersion: string): Observation {
  if (observation.class === 'measurement') return observation;
  return { ...observation, revision: statementRevision(observation, contractVersion) };
}
