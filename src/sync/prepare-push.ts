import type { RejectedRecord } from '../../connectors/kit/connector.ts';
import { orderByReceipt } from '../../connectors/kit/push/order-by-receipt.ts';
import { PUSH_LABEL, type PushedRecord, type PushProblem, type ReceivedPush } from '../../connectors/kit/push/push.ts';
import { redactText } from '../../connectors/kit/redact.ts';
import type { Observation } from '../../schema/observation.ts';
import { type Judging, judgeRecord, rejectFor } from './judge-records.ts';
import { PeriodBound } from './period-bound.ts';
import type { Fault } from './prepare-observation.ts';

export interface PushPreparation extends Omit<Judging, 'periods'> {
  /** When it came; what has no time of its own is ordered by it. */
  readonly receivedAt: Date;
  /** Values of the source's credentials. */
  readonly secrets: readonly string[];
}

/** A delivery, sorted into what can be stored and what cannot. */
export interface PreparedPush {
  /** In their stored form, of records that are sound as a whole. */
  readonly observations: readonly Observation[];
  readonly rejections: readonly RejectedRecord[];
  /** Every fault of every record that is not sound. */
  readonly problems: readonly PushProblem[];
  readonly read: number;
}

/** Holds what a delivery says against the kinds of fact, the reference data, and what its sender may speak of. Pure. */
export function preparePush(received: ReceivedPush, preparation: PushPreparation): PreparedPush {
  const { receivedAt, secrets, contractVersion } = preparation;
  const judging = { ...preparation, periods: new PeriodBound() };
  const setting = { stream: PUSH_LABEL, contractVersion, secrets };
  const observations: Observation[] = [];
  const rejections: RejectedRecord[] = [];
  const problems: PushProblem[] = [];
  for (const record of received.records) {
    if (record.rejection) rejections.push(record.rejection);
    problems.push(...record.problems);
    const ordered = record.observations.map((observation) => orderByReceipt(observation, receivedAt));
    const judged = judgeRecord(ordered, judging);
    if ('observations' in judged) observations.push(...judged.observations);
    else {
      problems.push(...judged.faults.map((fault) => toProblem(received, record, fault)));
      rejections.push(rejectFor(judged.faults[0], record.record, setting));
    }
  }
  return {
    observations,
    rejections,
    problems: problems.map((problem) => ({ ...problem, reason: redactText(problem.reason, secrets) })),
    read: received.records.length,
  };
}

function toProblem(received: ReceivedPush, record: PushedRecord, { reason, path }: Fault): PushProblem {
  return { row: record.row, ...received.locate(record, fieldOf(path)), reason };
}

/** `key.province` is told as `province`: what the record calls it, where it calls it so. */
const fieldOf = (path: string): string => path.split('.').at(-1) ?? path;
