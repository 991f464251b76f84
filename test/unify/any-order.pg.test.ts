import fc from 'fast-check';
import { sql } from 'kysely';
import type { FactObservation } from '../../schema/observation.ts';
import { ingest } from '../../src/unify/ingest.ts';
import { verifyState } from '../../src/unify/recompute.ts';
import { useDatabase } from '../support/database.ts';
import { modelState, type ToldStatement } from './model.ts';
import { addSource, changesAfter, hours, recorded, storedState } from './support.ts';

const store = useDatabase();
const ranks = { alpha: 10, beta: 20, gamma: 20, operator: 0 };

const told = fc.record({
  sourceId: fc.constantFrom('alpha', 'beta', 'gamma', 'operator'),
  province: fc.constantFrom('01', '04'),
  hour: fc.integer({ min: 0, max: 5 }),
  revision: fc.integer({ min: 0, max: 1 }),
  retract: fc.boolean().map((value) => value),
  attributes: fc.constantFrom<Record<string, string>[]>(
    { status: 'READY' },
    { status: 'PILOT' },
    { note: 'một' },
    { status: 'READY', note: 'hai' },
    { status: 'OPERATING', note: 'một' },
  ),
  document: fc.constantFrom('a', 'b'),
});

type Drawn = {
  sourceId: string;
  province: string;
  hour: number;
  revision: number;
  retract: boolean;
  attributes: Record<string, string>;
  document: string;
};

function statementOf(drawn: Drawn): ToldStatement {
  const observation: FactObservation = {
    class: 'fact',
    kind: 'deployment',
    key: { province: drawn.province, system: 'TTHC' },
    observedAt: hours(drawn.hour),
    revision: drawn.revision,
    attributes: drawn.attributes,
    retract: drawn.retract,
    detail: { document: drawn.document },
  };
  return { sourceId: drawn.sourceId, observation };
}

async function clear(): Promise<void> {
  await sql`truncate observation, deployment, conflict, change`.execute(store.em().getKysely() as never);
}

/** Tells the hub the statements in batches cut at the given places. */
async function tellAll(statements: readonly ToldStatement[], cuts: readonly number[]): Promise<void> {
  const places = [...new Set(cuts.map((cut) => cut % (statements.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, statements.length]) {
    const part = statements.slice(from, to);
    from = to;
    const sources = [...new Set(part.map(({ sourceId }) => sourceId))];
    await store.em().transactional((tx) =>
      ingest(tx, {
        batches: sources.map((sourceId) => ({
          sourceId,
          stream: 'main',
          observations: part
            .filter((statement) => statement.sourceId === sourceId)
            .map(({ observation }) => observation),
        })),
        requestedAt: hours(0),
        recordedAt: recorded(from),
      }),
    );
  }
}

beforeAll(async () => {
  for (const [id, rank] of Object.entries(ranks)) {
    if (id !== 'operator') await addSource(store.em(), id, rank);
  }
});

test('any order, any duplication and any split into batches give the state and the conflicts of the rules', async () => {
  const property = fc.asyncProperty(
    fc.array(told, { minLength: 1, maxLength: 14 }),
    fc.array(fc.nat(), { maxLength: 4 }),
    fc.infiniteStream(fc.nat()),
    async (drawn, cuts, random) => {
      const statements = drawn.map(statementOf);
      const expected = modelState('deployment', statements, ranks);
      const doubled = [...statements, ...statements.filter((_, index) => index % 3 === 0)];
      const shuffled = doubled
        .map((statement) => ({ statement, key: random.next().value }))
        .sort((a, b) => a.key - b.key)
        .map(({ statement }) => statement);
      await clear();
      await tellAll(shuffled, cuts);
      expect(await storedState(store.em(), 'deployment')).toEqual(expected);
      expect(await verifyState(store.em())).toEqual({ differences: 0, wrongHeads: 0 });
    },
  );
  await fc.assert(property, { numRuns: 150, verbose: 1 });
}, 120_000);

test('a claim that is told again later stands above the retraction that it lost to, and is in conflict anew', async () => {
  const base = { province: '01', revision: 0, retract: false };
  const pilot = { ...base, sourceId: 'beta', attributes: { status: 'PILOT' }, document: 'b' };
  const drawn = [
    { ...base, sourceId: 'alpha', hour: 0, attributes: { status: 'READY' }, document: 'a' },
    { ...pilot, hour: 0 },
    { ...pilot, hour: 0, retract: true, attributes: { status: 'OPERATING', note: 'một' }, document: 'a' },
    { ...pilot, hour: 1 },
  ];
  const statements = (drawn as unknown as Parameters<typeof statementOf>[0][]).map(statementOf);
  await clear();
  await tellAll(statements, [1, 2, 3]);
  expect(await storedState(store.em(), 'deployment')).toEqual(modelState('deployment', statements, ranks));
});

test('the log replayed from nothing gives the stored state', async () => {
  const property = fc.asyncProperty(
    fc.array(told, { minLength: 1, maxLength: 20 }),
    fc.array(fc.nat(), { maxLength: 8 }),
    async (drawn, cuts) => {
      await clear();
      await tellAll(drawn.map(statementOf), cuts);
      const replayed = new Map<string, unknown>();
      for (const change of await changesAfter(store.em(), 0)) {
        const key = `${change.kind} ${change.entityId}`;
        expect(change.before).toEqual(replayed.get(key) ?? null);
        if (change.after) replayed.set(key, change.after);
        else replayed.delete(key);
      }
      const { rows } = await sql<{ id: string }>`select id from deployment`.execute(store.em().getKysely() as never);
      const live = [...replayed.keys()].filter((key) => key.startsWith('deployment ')).sort();
      expect(live).toEqual(rows.map(({ id }) => `deployment ${id}`).sort());
    },
  );
  await fc.assert(property, { numRuns: 60, verbose: 1 });
}, 120_000);
