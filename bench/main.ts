import { resolve } from 'node:path';
import { fanout } from './fanout/run.ts';
import { type BenchContext, type BenchOptions, readOptions } from './harness/options.ts';
import { startPostgres } from './harness/postgres.ts';
import { record } from './harness/record.ts';
import { print, type Section } from './harness/report.ts';
import { ingestion } from './ingest/run.ts';
import { ingestionAtSize } from './ingest-at-size/run.ts';
import { latency } from './latency/run.ts';
import { queries } from './query/run.ts';
import { startTime } from './start/run.ts';

const PARTS: Record<string, (context: BenchContext) => Promise<Section>> = {
  fanout,
  ingest: ingestion,
  'ingest-at-size': ingestionAtSize,
  query: queries,
  latency,
  start: startTime,
};

const HELP = `npm run bench -- [--only a,b] [--quick]

Measures the hub beside its peers on this machine, prints the ratios, and writes bench/results/latest.json.

  --only   parts, by name: ${Object.keys(PARTS).join(', ')}
  --quick  smaller counts, to see that it runs; not to be quoted, and not written down
  --help   this

BENCH_DATABASE_URL names a PostgreSQL to use in place of an embedded one; databases bench_… are made anew in it.
`;

async function run({ only, isQuick }: BenchOptions): Promise<void> {
  const root = resolve('.');
  const postgres = await startPostgres();
  const sections: Section[] = [];
  try {
    for (const name of only) {
      const progress = (step: string) => console.error(`${name}: ${step}`);
      progress('begins');
      const section = await (PARTS[name] as (typeof PARTS)[string])({ root, postgres, isQuick, progress });
      print(section);
      sections.push(section);
    }
  } finally {
    await postgres.stop();
  }
  if (!isQuick) console.log(`\nWritten to ${record(root, sections, Object.keys(PARTS))}`);
}

try {
  const options = readOptions(process.argv.slice(2), Object.keys(PARTS));
  if (options === 'help') console.log(HELP);
  else await run(options);
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
}
