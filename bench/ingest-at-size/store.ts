import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DossierStatisticsMeasurement } from '../../schema/observation.ts';
import type { Database } from '../../src/database/open-database.ts';
import { ingest } from '../../src/unify/ingest.ts';
import { type CommuneRows, communesOfDay, measurementsOf } from './day.ts';

/** Measurements of one transaction, as a page of a connector has at the most. */
const PAGE = 5_000;

const COLUMNS =
  'province_code, commune_code, procedure_code, source_id, day, received, online, on_time, overdue, recorded_at, detail, run_id';

/** The floor: the same rows by one `COPY` into one table without an index. */
export async function copyDay(url: string, day: Date, isQuick: boolean): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const table = `bench_copy_${randomUUID().slice(0, 8)}`;
    await client.query(`create table ${table} as select ${COLUMNS} from dossier_statistics where false`);
    const stream = client.query(copyFrom(`copy ${table} (${COLUMNS}) from stdin`));
    await pipeline(Readable.from(copyChunks(day, isQuick)), stream);
    await client.query(`drop table ${table}`);
  } finally {
    await client.end();
  }
}

function* copyChunks(day: Date, isQuick: boolean): Generator<string> {
  const [dayText, at] = [day.toISOString(), new Date().toISOString()];
  for (const { province, commune, rows } of communesOfDay(isQuick)) {
    const lines = rows.map(
      ({ procedure, received, online, onTime, overdue }) =>
        `${province}\t${commune}\t${procedure}\temc\t${dayText}\t${received}\t${online}\t${onTime}\t${overdue}\t${at}\t{"simulated":true}\t1\n`,
    );
    yield lines.join('');
  }
}

/** The same rows through the hub's own store: revisions, totals and the change log, page by page. */
export async function storeDay(database: Database, sourceId: string, day: Date, isQuick: boolean): Promise<void> {
  for (const measurements of pagesOf(communesOfDay(isQuick), day)) {
    const now = new Date();
    const page = { batches: [], measured: { sourceId, measurements }, requestedAt: now, recordedAt: now };
    await database.fork().transactional((em) => ingest(em as never, page));
  }
}

function* pagesOf(communes: Iterable<CommuneRows>, day: Date): Generator<DossierStatisticsMeasurement[]> {
  let page: DossierStatisticsMeasurement[] = [];
  for (const commune of communes) {
    page.push(...measurementsOf(commune, day));
    while (page.length >= PAGE) {
      yield page.slice(0, PAGE);
      page = page.slice(PAGE);
    }
  }
  if (page.length > 0) yield page;
}
