import type { EntityManager } from '@mikro-orm/postgresql';
import type { FactKindName } from '../../../schema/kinds/index.ts';
import type { Database } from '../../database/open-database.ts';
import { createReader } from '../../database/operations/read/reader.ts';
import type { SnapshotRows } from '../../live/feed-field.ts';
import { readAtHorizon } from '../../live/read-at-horizon.ts';
import type { Rights } from '../rights.ts';
import { NOW } from './clocks.ts';
import { type ConflictFilter, readConflicts } from './conflicts.ts';
import type { FactFilter } from './fact-filter.ts';
import { factConditions, readFacts } from './facts.ts';
import type { Reading } from './reading.ts';

/** What a snapshot is read with; the reader is that of the transaction. */
export interface SnapshotOptions {
  readonly database: Pick<Database, 'fork'>;
  readonly createReading: (rights: Rights, reader: Reading['reader']) => Reading;
  readonly rights: Rights;
  readonly signal: AbortSignal;
}

/** The entities of a kind that pass the filter, with the place of the log that they show. */
export function snapshotOfFacts(
  options: SnapshotOptions,
  name: FactKindName,
  filter: FactFilter | null,
): Promise<SnapshotRows> {
  return readSnapshot(options, (reading) => {
    return readFacts(reading, name, NOW, factConditions(reading, name, filter));
  });
}

/** The conflicts that pass the filter (the open ones, unless it asks for others), with the place of the log that they show. */
export function snapshotOfConflicts(options: SnapshotOptions, filter: ConflictFilter | null): Promise<SnapshotRows> {
  return readSnapshot(options, (reading) => readConflicts(reading, { state: 'OPEN', ...filter }));
}

function readSnapshot(
  options: SnapshotOptions,
  read: (reading: Reading) => Promise<readonly unknown[]>,
): Promise<SnapshotRows> {
  const { database, createReading, rights, signal } = options;
  return readAtHorizon(database, (em: EntityManager) => {
    return read(createReading(rights, createReader(em.getKysely() as never, { signal })));
  });
}
