import assert from 'node:assert/strict';
import { checkAttributeValue } from '../../schema/kinds/attribute-value.ts';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { findFactKind } from '../../schema/kinds/index.ts';
import { measurementKinds, timesOf } from '../../schema/kinds/measurements.ts';
import type { Observation } from '../../schema/observation.ts';
import { ConnectorError } from '../kit/connector-error.ts';
import type { WireHabit } from '../kit/sandbox/stand-in.ts';
import { assertNone, LASTING } from './fault-cases.ts';
import { textOf, textsOf } from './read-all.ts';
import { onBench, read, type SuiteSubject } from './suite-bench.ts';
import { truthOf } from './truth.ts';

/** What the stand-ins send where a code is to be unknown. */
const UNKNOWN_CODE = '97';
/** Nothing is told of a time before the spring in which the plan was made. */
const EARLIEST = new Date('2025-03-01T00:00:00+07:00');

/** Numbers that are sent as texts are numbers, `True` is true, and "" in place of a time or a number is nothing at all. */
export async function typedCase(subject: SuiteSubject): Promise<void> {
  const { observations } = await truthOf(subject);
  const now = subject.domainClock.now();
  for (const observation of observations) {
    for (const [name, definition, value] of valuesOf(observation)) {
      if (value === null) continue;
      assert.deepEqual(checkAttributeValue(definition, value), { value }, `${name} of ${textOf(observation)}`);
    }
    for (const at of momentsOf(observation)) {
      assert.ok(at >= EARLIEST && at <= now, `${at.toISOString()} of ${textOf(observation)}`);
    }
  }
}

type Definition = Parameters<typeof checkAttributeValue>[0];

function valuesOf(observation: Observation): [name: string, definition: Definition, value: Json][] {
  const isFact = observation.class === 'fact';
  const values: Readonly<Record<string, Json>> = isFact ? observation.attributes : { ...observation.values };
  const types: Readonly<Record<string, string>> = isFact ? {} : measurementKinds[observation.kind].values;
  const attributes = isFact ? findFactKind(observation.kind)?.attributes : undefined;
  return Object.entries(values).map(([name, value]) => {
    const definition = attributes?.[name] ?? ({ type: types[name] } as Definition);
    return [name, definition, value];
  });
}

function momentsOf(observation: Observation): Date[] {
  if (observation.class === 'fact') return observation.observedAt ? [observation.observedAt] : [];
  return timesOf(observation).map(([, time]) => time);
}

/** Text comes composed or decomposed, as the upstream's machines please; what is told of it is the same, composed. */
export async function textFormCase(subject: SuiteSubject): Promise<void> {
  const truth = await truthOf(subject);
  const texts = truth.observations.flatMap((observation) => leavesOf(JSON.parse(textOf(observation)) as Json));
  const untidy = texts.filter((text) => text !== text.normalize('NFC').trim());
  assertNone(untidy, 'texts are not NFC, or have space around them');
  for (const form of ['NFC', 'NFD'] as const) {
    subject.control.writeTextIn(form);
    const told = await read(subject).finally(() => subject.control.writeTextIn(undefined));
    assert.equal(told.error, undefined, `${form}: ${told.error?.message}`);
    assert.deepEqual(told.rejections, [], form);
    assert.deepEqual(textsOf(told.observations), textsOf(truth.observations), form);
  }
}

function leavesOf(value: Json): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [];
}

/**
 * A code that the map does not know is UNMAPPED with the code as it came and the map that does not know it; nothing else
 * is, and nothing is taken for what it might mean.
 */
export async function unknownCodeCase(subject: SuiteSubject): Promise<void> {
  const { observations: known } = await truthOf(subject);
  assertNone(known.filter(isUnmapped).map(textOf), 'unmapped without an unknown code');
  subject.control.addFault({ upstream: subject.upstream, fault: 'unknown-status', times: LASTING });
  const { observations, rejections, pages, error } = await read(subject);
  const unmapped = observations.filter(isUnmapped);
  for (const { detail } of unmapped) {
    assert.equal(detail?.rawCode, UNKNOWN_CODE);
    assert.match(detail?.codeMapVersion ?? '', /./, 'an unmapped code does not say which map does not know it');
  }
  const held = new Set(known.map(textOf));
  const guessed = observations.filter((one) => !isUnmapped(one) && !held.has(textOf(one)));
  assertNone(guessed.map(textOf), 'guessed');
  const samples = pages.flatMap(({ drift }) => drift.filter(({ kind }) => kind === 'UNMAPPED_CODE'));
  assert.deepEqual(
    samples.filter(({ sample }) => sample !== UNKNOWN_CODE),
    [],
  );
  assert.equal(samples.length > 0, unmapped.length > 0, 'nobody is told of the unknown code');
  // Where a record cannot be understood without its code it is rejected.
  const isTold = unmapped.length > 0 || rejections.length > 0 || error !== undefined;
  assert.ok(isTold || subject.unmoved.includes('unknown-status'), 'the unknown code passed unnoticed');
}

const isUnmapped = (observation: Observation): boolean =>
  observation.class === 'fact' &&
  (Object.values(observation.attributes).includes('UNMAPPED') || observation.detail?.rawCode !== undefined);

/** How each habit looks in what is sent. */
const LOOKS: Readonly<Record<WireHabit, RegExp>> = {
  'booleans-as-text': /"(True|False)"/,
  'local-times': /\b2025(0[1-9]|1[0-2])([0-2]\d|3[01])([01]\d|2[0-3])([0-5]\d){2}\b/,
  'empty-for-none': /""|><\//,
  nfd: /\p{L}\p{M}/u,
};

/** The stand-in has the habits of its upstream, without which the cases of it would prove nothing. */
export async function habitsCase(subject: SuiteSubject): Promise<void> {
  const sent = await onBench(subject, {}, async ({ context }) => {
    const bodies: string[] = [];
    try {
      for await (const { raw } of subject.connector.read(context)) {
        if (raw) bodies.push((await raw.body.buffer()).toString());
      }
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
    }
    return bodies.join('\n');
  });
  for (const habit of subject.habits ?? []) assert.match(sent, LOOKS[habit], `the stand-in shows no ${habit}`);
}
