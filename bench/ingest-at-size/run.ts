import { setTimeout as pause } from 'node:timers/promises';
import { dayText } from '../../schema/measurement-id.ts';
import type { Database } from '../../src/database/open-database.ts';
import { Child } from '../harness/child.ts';
import { startGateway } from '../harness/hub.ts';
import type { BenchContext } from '../harness/options.ts';
import { prepareDatabase } from '../harness/prepare-database.ts';
import type { Row, Section } from '../harness/report.ts';
import { percentile, seconds } from '../harness/statistics.ts';
import { countOfDay } from './day.ts';
import { finishedRun, standInCredentials, startWorker } from './fleet.ts';
import { type Felt, peakMebibytes, startOnlookers } from './onlookers.ts';
import { copyDay, storeDay } from './store.ts';

const UNIT = 'observations a second';
const SMALL_SOURCE = 'bench';

interface Fleet {
  readonly fresh: number;
  readonly unchanged: number;
  readonly before: Felt;
  /** While everything was new, and while nothing was. */
  readonly meanwhile: { readonly new: Felt; readonly unchanged: Felt };
  readonly gatewayMebibytes: number;
  readonly workerMebibytes: number;
}

/** A day of dossiers of the whole country: by `COPY`, by the hub's store alone, and through a connector and the processes of a hub. */
export async function ingestionAtSize(context: BenchContext): Promise<Section> {
  const { isQuick } = context;
  const count = countOfDay(isQuick);
  const day = new Date(Date.parse(`${dayText(new Date())}T00:00:00+07:00`) - 86_400_000);
  const { database, url } = await prepareDatabase(context, 'bench_at_size_store', ['emc']);
  let copied: number;
  let [stored, again] = [0, 0];
  try {
    context.progress('COPY');
    copied = count / (await seconds(() => copyDay(url, day, isQuick)));
    context.progress('the store alone, all new');
    stored = count / (await seconds(() => storeDay(database, 'emc', day, isQuick)));
    context.progress('the store alone, unchanged');
    again = count / (await seconds(() => storeDay(database, 'emc', day, isQuick)));
  } finally {
    await database.close();
  }
  const fleet = await throughTheHub(context, count, day);
  const beside = (value: number, target?: string) => ({
    value,
    unit: UNIT,
    ratio: value / copied,
    against: 'COPY',
    ...(target && { target }),
  });
  return {
    name: 'ingest-at-size',
    title: 'Ingest at size: a day of dossiers of every commune and service',
    setting: `${count.toLocaleString('en')} figures (3,321 communes, 982 services${isQuick ? '; a commune in 40' : ''}): COPY into one table without an index; the store alone, 5,000 a transaction; and from a stand-in's CSV through the connector, a worker and a gateway, while a small source commits every 50 ms and an analyst asks without pause.`,
    rows: [
      { what: 'COPY', value: copied, unit: UNIT },
      { what: 'the store alone, all new', ...beside(stored, 'at least 0.5') },
      { what: 'the store alone, unchanged', ...beside(again) },
      { what: 'through connector and hub, all new', ...beside(fleet.fresh) },
      { what: 'through connector and hub, unchanged', ...beside(fleet.unchanged) },
      { what: 'peak memory of the gateway', value: fleet.gatewayMebibytes, unit: 'MiB' },
      { what: 'peak memory of the worker', value: fleet.workerMebibytes, unit: 'MiB' },
      ...feltRows('commit to client', fleet, ({ commitToClient }) => commitToClient),
      ...feltRows('a transaction of the small source', fleet, ({ transactions }) => transactions),
      ...feltRows('a question of an analyst', fleet, ({ questions }) => questions),
    ],
  };
}

function feltRows(what: string, { before, meanwhile }: Fleet, of: (felt: Felt) => readonly number[]): Row[] {
  return [0.5, 0.99].flatMap((share) => {
    const calm = percentile(of(before), share);
    const name = `${what}, p${share * 100}`;
    const busy = Object.entries(meanwhile).map(([when, felt]) => {
      const value = percentile(of(felt), share);
      return { what: `${name}, while all is ${when}`, value, unit: 'ms', ratio: value / calm, against: 'before' };
    });
    return [{ what: `${name}, before`, value: calm, unit: 'ms' }, ...busy];
  });
}

async function throughTheHub(context: BenchContext, count: number, day: Date): Promise<Fleet> {
  const { root, isQuick } = context;
  const { database, url } = await prepareDatabase(context, 'bench_at_size', [SMALL_SOURCE]);
  const standIn = Child.start(import.meta.url, './stand-in');
  const gateway = await startGateway(root, url);
  const onlookers = await startOnlookers(gateway, database, SMALL_SOURCE);
  try {
    context.progress('before');
    await pause(isQuick ? 2_000 : 10_000);
    const before = onlookers.take();
    const date = dayText(day);
    const address = await standIn.ask<string>('serve', { day: date, ...standInCredentials, isQuick });
    const worker = await startWorker(root, url, address, date);
    try {
      context.progress('through connector and hub, all new');
      const first = await finishedRun(database, 1);
      const whileNew = onlookers.take();
      context.progress('through connector and hub, unchanged');
      const second = await finishedRun(database, 2);
      const whileUnchanged = onlookers.take();
      await checkStored(database, count, first.accepted, second.unchanged);
      return {
        fresh: count / first.seconds,
        unchanged: count / second.seconds,
        before,
        meanwhile: { new: whileNew, unchanged: whileUnchanged },
        gatewayMebibytes: peakMebibytes(gateway.pid),
        workerMebibytes: peakMebibytes(worker.pid),
      };
    } finally {
      await worker.stop();
    }
  } finally {
    await onlookers.stop();
    await gateway.stop();
    await standIn.stop();
    await database.close();
  }
}

/** A figure of a run that left something out would be worth nothing. */
async function checkStored(database: Database, count: number, accepted: number, unchanged: number): Promise<void> {
  const [row] = await database
    .fork()
    .execute<{ count: number; revisions: number }[]>(
      'select count(*)::int as count, max(revision) as revisions from dossier_statistics',
    );
  const found = { stored: row?.count, revisions: row?.revisions, accepted, unchanged };
  if (row?.count !== count || row.revisions !== 0 || accepted !== count || unchanged !== count) {
    throw new Error(`${count} figures were sent, but ${JSON.stringify(found)}`);
  }
}
