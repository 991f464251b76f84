import fc from 'fast-check';
import { sql } from 'kysely';
import { factKinds } from '../../schema/kinds/index.ts';
import { completeSnapshot } from '../../src/unify/absence.ts';
import { recompute, verifyState } from '../../src/unify/recompute.ts';
import { type ReadClocks, stateRelation } from '../../src/unify/state-relation.ts';
import { useDatabase } from '../support/database.ts';
import { type Event, NOW_HOUR, valuesOf } from './story-model.ts';
import { addSource, changesAfter, deployment, hours, recorded, tell } from './support.ts';

const store = useDatabase();
const db = () => store.em().getKysely() as never;
const SOURCE = 'ministry';

/** Minutes of the hub clock from one event to the next: an answer takes less. */
const STEP = 10;

/** `isSteady`: a source that never says two things of one time, nor one thing of two. */
function stories(isSteady: boolean): fc.Arbitrary<Event[]> {
  const said = fc
    .record({ hour: fc.integer({ min: 0, max: 5 }), letter: fc.constantFrom('PILOT', 'READY') })
    .map(({ hour, letter }) => ({ hour, value: isSteady ? `note ${hour}` : letter }));
  const event: fc.Arbitrary<Event> = fc.oneof(
    { weight: 5, arbitrary: said.map((one) => ({ type: 'says' as const, ...one })) },
    {
      weight: 2,
      arbitrary: fc.tuple(said, fc.nat(20)).map(([one, before]) => ({ type: 'says again' as const, ...one, before })),
    },
    { weight: 1, arbitrary: fc.constant({ type: 'is removed' as const }) },
    { weight: 2, arbitrary: fc.constant({ type: 'is absent' as const }) },
  );
  return fc
    .array(event, { minLength: 2, maxLength: 16 })
    .map((events) =>
      events.map((one, index) => ('before' in one ? { ...one, before: one.before % (index + 1) } : one)),
    );
}

async function happen(event: Event, index: number, domainHour: number): Promise<void> {
  const minute = (index + 1) * STEP;
  if (event.type === 'is absent') {
    const snapshot = {
      sourceId: SOURCE,
      stream: 'main',
      kinds: ['deployment'],
      startedAt: recorded(minute),
      now: recorded(minute),
      observedAt: hours(domainHour),
      runId: null,
    };
    for (const _ of [1, 2]) await store.em().transactional((tx) => completeSnapshot(tx, snapshot));
    return;
  }
  const clocks = { requestedAt: hours(domainHour), recordedAt: recorded(minute) };
  if (event.type === 'is removed') {
    const removal = deployment('01', { note: null }, hours(0), { observedAt: null, retract: true });
    await tell(store.em(), SOURCE, [removal], clocks);
    return;
  }
  // Just before the event of that number.
  const seenAt = recorded(event.type === 'says again' ? (event.before + 1) * STEP - 1 : minute);
  await tell(store.em(), SOURCE, [deployment('01', { note: event.value }, hours(event.hour))], { ...clocks, seenAt });
}

async function value(clocks: ReadClocks = { asOf: null, knownAt: null }): Promise<unknown> {
  const { rows } = await sql<{ note: string }>`
    select s.attributes->>'note' as note from ${stateRelation(factKinds.deployment, clocks)} as s`.execute(db());
  return rows[0]?.note;
}

async function clear(): Promise<void> {
  await sql`truncate observation, deployment, conflict, change`.execute(db());
}

beforeAll(async () => {
  await addSource(store.em(), SOURCE, 10);
});

test('whatever is said, gone, told anew and said again, the state is that of the rules, after each event', async () => {
  const property = fc.asyncProperty(stories(false), fc.boolean(), async (events, isClockStanding) => {
    await clear();
    const expected = valuesOf(events);
    for (const [index, event] of events.entries()) {
      await happen(event, index, NOW_HOUR + (isClockStanding ? 0 : index));
      expect(await value()).toBe(expected[index]);
      const seq = (await changesAfter(store.em(), 0)).length;
      if (event.type === 'says') {
        // Polled again at once.
        const again = deployment('01', { note: event.value }, hours(event.hour));
        const clocks = { requestedAt: hours(NOW_HOUR + index), recordedAt: recorded((index + 1) * STEP) };
        expect(await tell(store.em(), SOURCE, [again], clocks)).toMatchObject({ accepted: 0, changes: 0 });
        expect(await changesAfter(store.em(), 0)).toHaveLength(seq);
      }
    }
    expect(await verifyState(store.em())).toEqual({ differences: 0, wrongHeads: 0 });
    const recomputed = await store.em().transactional((tx) => recompute(tx, { now: recorded(1000) }));
    expect(recomputed.changes).toBe(0);
  });
  await fc.assert(property, { numRuns: 70, verbose: 1 });
}, 120_000);

test('as known after each event, what the rules gave then', async () => {
  const property = fc.asyncProperty(stories(true), async (events) => {
    await clear();
    const expected = valuesOf(events);
    for (const [index, event] of events.entries()) await happen(event, index, NOW_HOUR + index);
    const known: unknown[] = [];
    for (const index of events.keys()) {
      known.push(await value({ asOf: hours(1000), knownAt: recorded((index + 1) * STEP) }));
    }
    expect(known).toEqual(expected);
  });
  await fc.assert(property, { numRuns: 50, verbose: 1 });
}, 120_000);
