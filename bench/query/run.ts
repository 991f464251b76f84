import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type DocumentNode, Kind, parse } from 'graphql';
import { Child } from '../harness/child.ts';
import { type RunningHub, startGateway } from '../harness/hub.ts';
import type { BenchContext } from '../harness/options.ts';
import type { Row, Section } from '../harness/report.ts';
import { fillWithJune } from './fill.ts';
import type { LoadResult } from './load.process.ts';

const CONCURRENCY = 16;

interface Question {
  readonly name: string;
  readonly document: string;
  /** The nearest that can be asked of PostGraphile's schema of the same tables. */
  readonly equivalent: string | null;
}

const isQuery = (document: DocumentNode): boolean =>
  document.definitions.some((part) => part.kind === Kind.OPERATION_DEFINITION && part.operation === 'query');

/** Every query document of `schema/operations/`, with its equivalent from `bench/query/equivalents/`. */
function questions(root: string): Question[] {
  const folder = join(root, 'schema/operations');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => {
      const other = join(root, 'bench/query/equivalents', file);
      return {
        name: basename(file, '.graphql'),
        document: readFileSync(join(folder, file), 'utf8'),
        equivalent: existsSync(other) ? readFileSync(other, 'utf8') : null,
      };
    })
    .filter(({ document }) => isQuery(parse(document)));
}

export async function queries(context: BenchContext): Promise<Section> {
  const durationMs = context.isQuick ? 500 : 4000;
  const databaseUrl = await context.postgres.createDatabase('bench_query');
  context.progress('pulling the facts of June through the sandbox');
  await fillWithJune(context.root, databaseUrl);
  const hub: RunningHub = await startGateway(context.root, databaseUrl);
  const peer = Child.start(import.meta.url, './postgraphile', { NODE_ENV: 'production' });
  const client = Child.start(import.meta.url, './load');
  try {
    const peerUrl = await peer.ask<string>('url', databaseUrl);
    const measure = async (url: string, query: string): Promise<LoadResult> => {
      const load = { url, body: JSON.stringify({ query }), concurrency: CONCURRENCY };
      await client.ask('load', { ...load, durationMs: durationMs / 4 });
      return client.ask('load', { ...load, durationMs });
    };
    const rows: Row[] = [];
    for (const { name, document, equivalent } of questions(context.root)) {
      context.progress(name);
      const ours = await measure(`${hub.url}/graphql`, document);
      const unit = 'requests/s';
      const row: Row = {
        what: `${name} (${ours.bytes.toLocaleString('en')} bytes)`,
        value: ours.requestsPerSecond,
        unit,
      };
      if (equivalent === null) {
        rows.push({ ...row, target: 'not asked of PostGraphile' });
        continue;
      }
      const theirs = await measure(peerUrl, equivalent);
      rows.push({
        ...row,
        ratio: ours.requestsPerSecond / theirs.requestsPerSecond,
        against: `PostGraphile (${Math.round(theirs.requestsPerSecond).toLocaleString('en')}/s, ${theirs.bytes.toLocaleString('en')} bytes)`,
        target: 'at least 1.5',
      });
    }
    return {
      name: 'query',
      title: 'Queries: the documents of schema/operations over HTTP, beside PostGraphile 5 on the same database',
      setting: `${CONCURRENCY} requests under way, ${durationMs / 1000} s each after a warm-up; clients and servers in processes of their own.`,
      rows,
    };
  } finally {
    await Promise.all([client.stop(), peer.stop(), hub.stop()]);
  }
}
