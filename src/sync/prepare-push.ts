import type { RejectedRecord } from '../../connectors/kit/connector.ts';
import { orderByReceipt } from '../../connectors/kit/push/order-by-receipt.ts';
import type { PushedRecord, PushProblem, ReceivedPush } from '../../connectors/kit/push/push.ts';
import type { Observation } from '../../schema/observation.ts';
import { type PreparationContext, prepareObservation } from './prepare-observation.ts';
import { statementRevision } from './statement-revision.ts';

/** Of whom a delivery may speak. */
export interface PushScope {
  /** Province codes; null for all. */
  readonly provinces: readonly string[] | null;
}

export interface PushPreparation extends PreparationContext {
  readonly contractVersion: string;
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

/**
 * Holds what a delivery says against the kinds of fact, the reference data, and what its sender may speak of. Pure. A
 * record of which one statement is wrong is rejected as a whole: half of it may mean something else than all of it.
 */
export function preparePush(
  received: ReceivedPush,
  scope: PushScope,
  context: PushPreparation,
  receivedAt: Date,
): PreparedPush {
  const observations: Observation[] = [];
  const rejections: RejectedRecord[] = [];
  const problems: PushProblem[] = [];
  for (const record of received.records) {
    if (record.rejection) rejections.push(record.rejection);
    problems.push(...record.problems);
    const prepared = record.observations.map((observation) => checked(observation, scope, context, receivedAt));
    // Several statements of a record share its key, and so what is wrong with it.
    const faults = new Map(prepared.flatMap((one) => ('reason' in one ? [[`${one.path} ${one.reason}`, one]] : [])));
    for (const { reason, path } of faults.values()) problems.push(toProblem(received, record, reason, path));
    const [first] = faults.values();
    if (first) rejections.push(received.reject(record, first.reason, fieldOf(first.path)));
    else observations.push(...prepared.flatMap((one) => ('observation' in one ? [one.observation] : [])));
  }
  return { observations, rejections, problems, read: received.records.length };
}

type Checked = { readonly observation: Observation } | { readonly reason: string; readonly path: string };

function checked(
  observation: Observation,
  { provinces }: PushScope,
  context: PushPreparation,
  receivedAt: Date,
): Checked {
  if (provinces !== null) {
    const { province } = observation.key as { province?: string };
    if (province === undefined) return { reason: 'it is about no province, and the key is', path: 'key.province' };
    if (!provinces.includes(province)) {
      return { reason: `the key speaks of ${provinces.join(', ')} only, not of "${province}"`, path: 'key.province' };
    }
  }
  return prepareObservation(revised(observation, receivedAt, context.contractVersion), context);
}

/** Ordered as what is read is: by its time, when it came, and the contract. */
function revised(observation: Observation, receivedAt: Date, contractVersion: string): Observation {
  const ordered = orderByReceipt(observation, receivedAt);
  if (ordered.class !== 'fact') return ordered;
  return { ...ordered, revision: statementRevision(ordered, contractVersion) };
}

function toProblem(received: ReceivedPush, record: PushedRecord, reason: string, path: string): PushProblem {
  return { row: record.row, ...received.locate(record, fieldOf(path)), reason };
}

/** `key.province` is told as `province`: what the record calls it, where it calls it so. */
const fieldOf = (path: string): string => path.split('.').at(-1) ?? path;
