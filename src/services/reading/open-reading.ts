import type { Database } from '../../database/open-database.ts';
import { createReader, type Reader } from '../../database/operations/read/reader.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Rights } from '../rights.ts';
import type { Reading } from './reading.ts';
import { createReferenceData, type ReferenceData } from './reference-data.ts';

export interface ReadingOptions {
  readonly database: Pick<Database, 'fork'>;
  /** The hub clock. */
  readonly clock: Clock;
  readonly domainClock: Clock;
  /** Milliseconds for what one request reads. */
  readonly timeLimitMs?: number;
}

export interface OpenReading {
  readonly reference: ReferenceData;
  /** What one request reads with. */
  begin(rights: Rights, signal?: AbortSignal): Reading;
}

/** Reads the reference data, and from then on begins readings without asking the database anything. */
export async function openReading(options: ReadingOptions): Promise<OpenReading> {
  const { database, clock, domainClock, timeLimitMs } = options;
  // An EntityManager that is never in a transaction: each statement takes a connection of the pool for itself.
  const db = database.fork().getKysely() as never;
  const limit = timeLimitMs === undefined ? {} : { timeLimitMs };
  const reader = (signal?: AbortSignal): Reader => createReader(db, { ...limit, ...(signal && { signal }) });
  // Without the limit of a request: this reader lives as long as the process.
  const reference = await createReferenceData(createReader(db), clock);
  return {
    reference,
    begin: (rights, signal) => ({
      reader: reader(signal),
      rights,
      reference,
      clock,
      domainClock,
      memory: new Map(),
    }),
  };
}
