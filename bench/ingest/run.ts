import type { FactObservation } from '../../schema/observation.ts';
import { ingest } from '../../src/unify/ingest.ts';
import { coverageObservations } from '../harness/observations.ts';
import type { BenchContext } from '../harness/options.ts';
import { prepareDatabase } from '../harness/prepare-database.ts';
import type { Row, Section } from '../harness/report.ts';
import { seconds } from '../harness/statistics.ts';
import { copyRows, flushEach } from './peers.ts';

const SOURCE = 'bench';
const UNIT = 'observations a second';

export async function ingestion(context: BenchContext): Promise<Section> {
  const count = context.isQuick ? 10_000 : 100_000;
  const batchSize = 10_000;
  const flushed = context.isQuick ? 500 : 2_000;
  const { database, url } = await prepareDatabase(context, 'bench_ingest', [SOURCE]);
  try {
    const batchesOf = (observations: FactObservation[]) =>
      Array.from({ length: Math.ceil(observations.length / batchSize) }, (_, index) =>
        observations.slice(index * batchSize, (index + 1) * batchSize),
      );
    const take = async (observations: FactObservation[]) => {
      for (const batch of batchesOf(observations)) {
        const at = new Date();
        await database.fork().transactional((em) =>
          ingest(em as never, {
            batches: [{ sourceId: SOURCE, stream: 'bench', observations: batch }],
            requestedAt: at,
            recordedAt: at,
          }),
        );
      }
    };
    const observations = coverageObservations(count);
    context.progress('COPY');
    const copied = count / (await seconds(() => copyRows(url, observations, SOURCE)));
    context.progress('all new');
    const fresh = count / (await seconds(() => take(observations)));
    context.progress('all unchanged');
    const unchanged = count / (await seconds(() => take(coverageObservations(count))));
    context.progress('all changed');
    const changed = count / (await seconds(() => take(coverageObservations(count, 1))));
    context.progress('one flush a record');
    const sample = coverageObservations(flushed);
    const flush = flushed / (await seconds(() => flushEach(database, sample, SOURCE)));

    const against = (value: number, peer: number, name: string, target?: string): Partial<Row> => ({
      ratio: value / peer,
      against: name,
      ...(target ? { target } : {}),
    });
    return {
      name: 'ingest',
      title: 'Ingest: observations stored, unified and logged',
      setting: `${count.toLocaleString('en')} observations of as many entities, ${batchSize.toLocaleString('en')} a transaction; one flush a record on ${flushed.toLocaleString('en')}.`,
      rows: [
        { what: 'COPY into one table without index', value: copied, unit: UNIT },
        { what: 'MikroORM, one flush a record', value: flush, unit: UNIT },
        { what: 'Liên Thông, all new', value: fresh, unit: UNIT, ...against(fresh, copied, 'COPY', 'at least 0.5') },
        { what: '  the same', value: fresh, unit: UNIT, ...against(fresh, flush, 'one flush a record', 'at least 10') },
        {
          what: 'Liên Thông, all unchanged',
          value: unchanged,
          unit: UNIT,
          ...against(unchanged, fresh, 'all new', 'more than 1'),
        },
        { what: 'Liên Thông, all changed', value: changed, unit: UNIT, ...against(changed, copied, 'COPY') },
      ],
    };
  } finally {
    await database.close();
  }
}
