import type * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { aFunction, anObject, checkOptions } from './check-options.ts';
import type { ConnectorContext } from './connector.ts';
import type { Format } from './formats/format.ts';
import { jsonFormat } from './formats/json.ts';
import type { Upstream } from './http/upstream.ts';
import type { DecodedPage, Paginator } from './paging/paginator.ts';
import type { MapContext, Stream } from './stream.ts';
import { walkPages } from './walk-pages.ts';

export interface LookupDefinition<Config, Shape extends z.ZodType> {
  readonly paginator: Paginator<Config>;
  /** How answers are read. Default JSON. */
  readonly format?: Format;
  readonly decode: (body: Json, config: Config) => DecodedPage['records'];
  readonly contract: Shape;
  /** Key and value of a record; undefined for one that is of no use. */
  readonly entry: (record: z.output<Shape>) => readonly [key: string, value: string] | undefined;
}

const CHECKS = {
  paginator: anObject,
  format: anObject.optional(),
  decode: aFunction,
  contract: anObject,
  entry: aFunction,
};

/** Catalogues as they were last read, for what is read again without asking the upstream. */
export interface KeptLookups {
  /** Undefined for one that has not been read yet. */
  load(name: string): Promise<ReadonlyMap<string, string> | undefined>;
  keep(name: string, entries: ReadonlyMap<string, string>): Promise<void>;
}

/** A catalogue of the upstream by which a mapping translates its codes, e.g. agency to province. Read once per run. */
export interface Lookup<Config = unknown> {
  read(upstream: Upstream, config: Config, domainNow: Date): Promise<ReadonlyMap<string, string>>;
}

export function createLookup<Config, Shape extends z.ZodType>(
  definition: LookupDefinition<Config, Shape>,
): Lookup<Config> {
  checkOptions<LookupDefinition<Config, Shape>>('lookup', CHECKS, definition);
  return {
    async read(upstream, config, domainNow) {
      const entries = new Map<string, string>();
      const state = definition.paginator.start({ config, memory: undefined, domainNow });
      for await (const { page } of walkPages({ upstream, config, state, format: jsonFormat(), ...definition })) {
        for (const record of page?.records ?? []) {
          // A broken entry of a catalogue is left out: what refers to it is rejected with its own reason.
          const parsed = definition.contract.safeParse(record);
          const entry = parsed.success ? definition.entry(parsed.data) : undefined;
          if (entry) entries.set(...(entry as [string, string]));
        }
      }
      return entries;
    },
  };
}

/** The lookups that a stream needs, by name. */
export type ReadLookups<Config> = (stream: Pick<Stream<Config>, 'lookups'>) => Promise<MapContext<Config>['lookups']>;

/**
 * Reads each lookup once for all streams of a run, and keeps it; one that could not be read is asked for anew by the next.
 * `isAgain`: what was read before is read again, so the upstream is asked only for what is not kept.
 */
export function lookupReader<Config>(
  lookups: Readonly<Record<string, Lookup<Config>>>,
  {
    upstream,
    config,
    context,
    isAgain,
  }: {
    readonly upstream: Upstream;
    readonly config: Config;
    readonly context: ConnectorContext;
    readonly isAgain: boolean;
  },
): ReadLookups<Config> {
  const read = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const { keptLookups, domainClock } = context;
  const readOne = async (name: string): Promise<ReadonlyMap<string, string>> => {
    const kept = isAgain ? await keptLookups?.load(name) : undefined;
    if (kept) return kept;
    const entries = await (lookups[name] as Lookup<Config>).read(upstream, config, domainClock.now());
    await keptLookups?.keep(name, entries);
    return entries;
  };
  const one = async (name: string): Promise<[string, ReadonlyMap<string, string>]> => {
    const reading = read.get(name) ?? readOne(name);
    read.set(name, reading);
    try {
      return [name, await reading];
    } catch (error) {
      if (read.get(name) === reading) read.delete(name);
      throw error;
    }
  };
  return async ({ lookups: names = [] }) => {
    const entries: [string, ReadonlyMap<string, string>][] = [];
    for (const name of names) entries.push(await one(name));
    return Object.fromEntries(entries);
  };
}
