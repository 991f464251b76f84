import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { ObservationRow } from '../../schema/entities/observation.entity.ts';
import { entityIdOf } from '../../schema/kinds/fact-kind.ts';
import { factKinds } from '../../schema/kinds/index.ts';
import type { FactObservation } from '../../schema/observation.ts';
import type { Database } from '../../src/database/open-database.ts';

const COLUMNS = [
  'kind',
  'entity_id',
  'source_id',
  'stream',
  'facet',
  'observed_from',
  'observed_until',
  'attributes',
  'recorded_at',
  'until_recorded_at',
  'seen_at',
  'head',
] as const;

/** The row that the hub's table of observations has for one statement, column by column. */
function rowOf(observation: FactObservation, sourceId: string, at: Date): Record<(typeof COLUMNS)[number], unknown> {
  const observed = observation.observedAt ?? at;
  return {
    kind: observation.kind,
    entity_id: entityIdOf(factKinds[observation.kind], observation.key),
    source_id: sourceId,
    stream: 'bench',
    facet: Object.keys(observation.attributes).sort().join(','),
    observed_from: observed,
    observed_until: observed,
    attributes: observation.attributes,
    recorded_at: at,
    until_recorded_at: at,
    seen_at: at,
    head: true,
  };
}

const CHUNK_ROWS = 500;

/** The rows in COPY's text form, some hundreds to a chunk: one chunk a row would measure the stream. */
function* copyChunks(observations: readonly FactObservation[], sourceId: string): Generator<string> {
  const at = new Date();
  for (let start = 0; start < observations.length; start += CHUNK_ROWS) {
    const lines = observations.slice(start, start + CHUNK_ROWS).map((observation) => {
      const row = rowOf(observation, sourceId, at);
      return COLUMNS.map((column) => copyText(row[column])).join('\t');
    });
    yield `${lines.join('\n')}\n`;
  }
}

function copyText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The floor: the same rows by `COPY` into one table without an index. */
export async function copyRows(url: string, observations: readonly FactObservation[], sourceId: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const table = `bench_copy_${randomUUID().slice(0, 8)}`;
    await client.query(`create table ${table} as select ${COLUMNS.join(', ')} from observation where false`);
    const stream = client.query(copyFrom(`copy ${table} (${COLUMNS.join(', ')}) from stdin`));
    await pipeline(Readable.from(copyChunks(observations, sourceId)), stream);
  } finally {
    await client.end();
  }
}

/** How a hub is mostly written: an entity per record, and a flush for each. */
export async function flushEach(
  database: Database,
  observations: readonly FactObservation[],
  sourceId: string,
): Promise<void> {
  for (const observation of observations) {
    const row = rowOf(observation, sourceId, new Date());
    const em = database.fork();
    em.create(ObservationRow, {
      kind: observation.kind,
      entityId: row.entity_id as string,
      sourceId,
      stream: 'flush',
      facet: row.facet as string,
      observedFrom: row.observed_from as Date,
      observedUntil: row.observed_until as Date,
      attributes: observation.attributes,
      recordedAt: row.recorded_at as Date,
      untilRecordedAt: row.until_recorded_at as Date,
      seenAt: row.seen_at as Date,
      revision: 0,
      retracted: false,
      evidence: {},
      absentSince: null,
      absentCount: 0,
      head: true,
      stale: false,
      detail: null,
      runId: null,
    });
    await em.flush();
  }
}
