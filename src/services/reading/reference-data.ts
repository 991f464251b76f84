import type { Reader } from '../../database/operations/read/reader.ts';
import { type ReferenceRows, readReference } from '../../database/operations/read/reference.ts';
import { BadUserInputError, NotFoundError } from '../../errors/index.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Clocks, NOW } from './clocks.ts';
import { keyOfArgument, toGlobalId } from './global-id.ts';
import type { ReferenceType, ReferenceViews } from './views.ts';

/** How old the copy may grow before it is read again, in the background. Another process may have loaded new data. */
const MAX_AGE_MS = 5_000;
/** As many codes as fit into a message. */
const MAX_LISTED = 40;

type Tables = { readonly [Type in ReferenceType]: ReadonlyMap<string, ReferenceViews[Type]> };

const LABELS: Readonly<Record<ReferenceType, string>> = {
  Province: 'province',
  System: 'system',
  Vendor: 'vendor',
  Target: 'target',
  Criterion: 'criterion',
  Unit: 'unit',
  Source: 'source',
};

/**
 * Provinces, systems, vendors, targets, criteria, units and sources, kept in memory: they are a few hundred rows that nearly
 * every answer names. What it holds is at most {@link MAX_AGE_MS} old when it is used steadily.
 */
export interface ReferenceData {
  /** All of a type, in their order. */
  all<Type extends ReferenceType>(type: Type, clocks?: Clocks): ReferenceViews[Type][];
  /** The one of that code; undefined for a code that is none. */
  find<Type extends ReferenceType>(type: Type, code: string, clocks?: Clocks): ReferenceViews[Type] | undefined;
  /** The one of that code, asking the database again for a code that is not known. Rejects if it is none. */
  get<Type extends ReferenceType>(
    type: Type,
    code: string,
    clocks?: Clocks,
  ): ReferenceViews[Type] | Promise<ReferenceViews[Type]>;
  /** The codes that arguments mean (codes or global ids). Throws BAD_USER_INPUT for one that is none. */
  codes(type: ReferenceType, args: readonly string[]): string[];
  /** The place of a code in the order of its type. */
  position(type: ReferenceType, code: string): number;
  /** Reads all again. */
  refresh(): Promise<void>;
}

export async function createReferenceData(reader: Reader, clock: Clock): Promise<ReferenceData> {
  let tables = toTables(await readReference(reader));
  let positions = positionsIn(tables);
  let readAt = clock.now().getTime();
  let reading: Promise<void> | null = null;

  const refresh = (): Promise<void> => {
    reading ??= readReference(reader)
      .then((rows) => {
        tables = toTables(rows);
        positions = positionsIn(tables);
        readAt = clock.now().getTime();
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  };
  const current = (): Tables => {
    // A failure here is not the reader's: it goes on with the copy, and who asks for what is not in it sees the error.
    if (clock.now().getTime() - readAt > MAX_AGE_MS) refresh().catch(() => undefined);
    return tables;
  };
  const find: ReferenceData['find'] = (type, code, clocks = NOW) => {
    const view = current()[type].get(code) as never;
    return view && at(view, clocks);
  };
  return {
    all: (type, clocks = NOW) => [...current()[type].values()].map((view) => at(view, clocks)) as never,
    find,
    get(type, code, clocks = NOW) {
      const known = find(type, code, clocks);
      if (known) return known;
      return refresh().then(() => {
        const found = find(type, code, clocks);
        if (!found) throw new NotFoundError(LABELS[type], code);
        return found;
      });
    },
    codes(type, args) {
      const known = current()[type];
      return args.map((argument) => {
        const code = keyOfArgument(type, argument);
        if (known.has(code)) return code;
        const listed = known.size <= MAX_LISTED ? ` Known are ${[...known.keys()].join(', ')}.` : '';
        throw new BadUserInputError(`There is no ${LABELS[type]} "${argument}".${listed}`, { value: argument });
      });
    },
    position: (type, code) => positions[type].get(code) ?? -1,
    refresh,
  };
}

type Positions = { readonly [Type in ReferenceType]: ReadonlyMap<string, number> };

function positionsIn(tables: Tables): Positions {
  const entries = Object.entries(tables).map(([type, views]) => {
    return [type, new Map([...views.keys()].map((code, index) => [code, index]))];
  });
  return Object.fromEntries(entries);
}

const at = <Value extends { clocks: Clocks }>(view: Value, clocks: Clocks): Value =>
  clocks === NOW ? view : { ...view, clocks };

function toTables(rows: ReferenceRows): Tables {
  const criteria = rows.criteria.map((row) => ({ ...row, deadline: row.deadline ? new Date(row.deadline) : null }));
  return {
    Province: toViews('Province', rows.provinces),
    System: toViews('System', rows.systems),
    Vendor: toViews('Vendor', rows.vendors),
    Target: toViews('Target', rows.targets),
    Criterion: toViews('Criterion', criteria),
    Unit: toViews('Unit', rows.units),
    Source: toViews('Source', rows.sources),
  };
}

function toViews<Type extends ReferenceType>(
  type: Type,
  rows: readonly { code: string }[],
): ReadonlyMap<string, ReferenceViews[Type]> {
  return new Map(
    rows.map((row) => {
      const view = { __typename: type, id: toGlobalId(type, row.code), clocks: NOW, ...row };
      return [row.code, Object.freeze(view) as unknown as ReferenceViews[Type]];
    }),
  );
}
