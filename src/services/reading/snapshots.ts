import type { EntityManager } from '@mikro-orm/postgresql';
import type { FactKindName } from '../../../schema/kinds/index.ts';
import type { Database } from '../../database/open-database.ts';
import { createReader } from '../../database/operations/read/reader.ts';
import type { SnapshotRows } from '../../live/feed-field.ts';
import { readAtHorizon } from '../../live/read-at-horizon.ts';
import type { Rights } from '../rights.ts';
import { NOW } from './clocks.ts';
import { type ConflictFilter, readConflicts } from './conflicts.ts';
import { type DossierDayFilter, readDays } from './dossiers.ts';
import type { FactFilter } from './fact-filter.ts';
import { factConditions, readFacts } from './facts.ts';
import type { Reading } from './reading.ts';
import { readServiceHealth, type ServiceHealthFilter } from './service-health.ts';
import { readUsage, type UsageFilter } from './usage-statistics.ts';

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

/** The latest health of each system, with the place of the log that it shows. */
export function snapshotOfHealth(options: SnapshotOptions, filter: ServiceHealthFilter | null): Promise<SnapshotRows> {
  return readSnapshot(options, (reading) => readServiceHealth(reading, filter, NOW));
}

export function snapshotOfUsage(options: SnapshotOptions, filter: UsageFilter | null): Promise<SnapshotRows> {
  return readSnapshot(options, (reading) => readUsage(reading, filter, NOW));
}

export function snapshotOfDossierDays(
  options: SnapshotOptions,
  filter: DossierDayFilter | null,
): Promise<SnapshotRows> {
  return readSnapshot(options, (reading) => readDays(reading, filter));
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
