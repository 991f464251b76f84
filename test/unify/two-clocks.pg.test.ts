import fc from 'fast-check';
import { sql } from 'kysely';
import { typedColumns } from '../../schema/kinds/columns.ts';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { factKinds } from '../../schema/kinds/index.ts';
import { claimsRelation, type ReadClocks, stateRelation } from '../../src/unify/state-relation.ts';
import { useDatabase } from '../support/database.ts';
import { modelState, type ToldStatement } from './model.ts';
import { addSource, deployment, hours, recorded, tell } from './support.ts';

const store = useDatabase();

async function read(clocks: ReadClocks): Promise<Map<string, Record<string, Json>>> {
  const { rows } = await sql<{ id: string; attributes: Record<string, Json> }>`
    select s.id, s.attributes from ${stateRelation(factKinds.deployment, clocks)} as s`.execute(
    store.em().getKysely() as never,
  );
  return new Map(rows.map(({ id, attributes }) => [id, attributes]));
}

beforeAll(async () => {
  await addSource(store.em(), 'ministry', 10);
  await addSource(store.em(), 'vendor', 20);
});

beforeEach(async () => {
  await sql`truncate observation, deployment, conflict, change`.execute(store.em().getKysely() as never);
});

test('asOf asks what was observed by then; knownAt asks what the hub had been told by then', async () => {
  const say = (status: string, hour: number, minute: number) =>
    tell(store.em(), 'ministry', [deployment('01', { status }, hours(hour))], { recordedAt: recorded(minute) });
  await say('PILOT', 1, 10);
  await say('READY', 10, 20);
  await say('CONFIGURING', 5, 30);
  const status = async (clocks: Partial<ReadClocks>) =>
    (await read({ asOf: null, knownAt: null, ...clocks })).get('01:TTHC')?.status;
  expect(await status({})).toBe('READY');
  expect(await status({ asOf: hours(0) })).toBeUndefined();
  expect(await status({ asOf: hours(4) })).toBe('PILOT');
  expect(await status({ asOf: hours(7) })).toBe('CONFIGURING');
  expect(await status({ asOf: hours(7), knownAt: recorded(25) })).toBe('PILOT');
  expect(await status({ knownAt: recorded(15) })).toBe('PILOT');
  expect(await status({ knownAt: recorded(5) })).toBeUndefined();
});

test('reading as of any time and as known at any time gives what the rules give for the statements admitted', async () => {
  const told = fc.record({
    sourceId: fc.constantFrom('ministry', 'vendor'),
    hour: fc.integer({ min: 0, max: 8 }),
    status: fc.constantFrom('PILOT', 'READY'),
  });
  const property = fc.asyncProperty(
    fc.uniqueArray(told, { maxLength: 10, selector: ({ sourceId, hour }) => `${sourceId} ${hour}` }),
    fc.nat(9),
    fc.nat(11),
    async (drawn, asOf, knownAt) => {
      await sql`truncate observation, deployment, conflict, change`.execute(store.em().getKysely() as never);
      // Each source speaks in the order of its own times and once of each: SPEC.md names the one thing that a late
      // contradiction of its own words loses.
      const ordered = drawn.sort((a, b) => a.hour - b.hour);
      const statements: ToldStatement[] = [];
      for (const [index, { sourceId, hour, status }] of ordered.entries()) {
        const observation = deployment('01', { status }, hours(hour));
        statements.push({ sourceId, observation });
        await tell(store.em(), sourceId, [observation], { recordedAt: recorded(index) });
      }
      const admitted = statements.filter(
        ({ observation }, index) => (observation.observedAt as Date) <= hours(asOf) && index <= knownAt,
      );
      const expected = modelState('deployment', admitted, { ministry: 10, vendor: 20 });
      const actual = await read({ asOf: hours(asOf), knownAt: recorded(knownAt) });
      expect([...actual].map(([id, attributes]) => [id, attributes])).toEqual(
        [...expected].map(([id, state]) => [id, state.attributes]),
      );
    },
  );
  await fc.assert(property, { numRuns: 120, verbose: 1 });
}, 120_000);

test('who says what, and whose word was taken', async () => {
  await tell(store.em(), 'ministry', [deployment('01', { status: 'READY' }, hours(1))]);
  await tell(store.em(), 'vendor', [deployment('01', { status: 'PILOT' }, hours(2))]);
  const { rows } = await sql<{ source_id: string; chosen: boolean; value: string }>`
    select source_id, chosen, value from ${claimsRelation(factKinds.deployment, ['01:TTHC'], { asOf: null, knownAt: null })} as c
    order by source_id`.execute(store.em().getKysely() as never);
  expect(rows).toEqual([
    { source_id: 'ministry', chosen: true, value: 'READY' },
    { source_id: 'vendor', chosen: false, value: 'PILOT' },
  ]);
});

test.each(Object.values(factKinds).map((kind) => [kind.name, kind] as const))(
  'the typed columns of %s as of a time are those that its table generates',
  async (_, kind) => {
    const { rows } = await sql<{ column: string; type: string }>`
      select column_name as column, data_type as type from information_schema.columns
      where table_name = ${kind.table} and is_generated = 'ALWAYS' order by ordinal_position`.execute(
      store.em().getKysely() as never,
    );
    expect(rows.map(({ column }) => column).sort()).toEqual(
      typedColumns(kind)
        .map(({ column }) => column)
        .sort(),
    );
    await sql`select s.* from ${stateRelation(kind, { asOf: hours(1), knownAt: null })} as s`.execute(
      store.em().getKysely() as never,
    );
  },
);
