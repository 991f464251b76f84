import type { EntityManager } from '@mikro-orm/postgresql';

/** What a run is to do; without more said, read what there is, as on schedule. */
export type RunWork =
  | { readonly kind: 'read' }
  /** Read again what the upstream has of a range; checkpoints stay where they are. */
  | { readonly kind: 'backfill'; readonly from: Date; readonly to: Date }
  /** Decode what was stored of earlier answers by today's contract; the upstream is not asked. */
  | {
      readonly kind: 'replay';
      readonly stream: string | null;
      readonly since: Date | null;
      readonly until: Date | null;
    }
  /** Convert again what was rejected; null for all that is not settled. */
  | { readonly kind: 'rejections'; readonly ids: readonly number[] | null };

export interface RunOrder {
  /** Default: read. Only that may be answered with a run that is going on already. */
  readonly work?: RunWork;
  /** Called in the transaction that begins the run, or finds the one that is going on. */
  readonly record?: (em: EntityManager, runId: number) => Promise<void>;
}

/**
 * Orders a run of a source and gives its number: of the new run, or of the one that is going on. Resolves when the run's
 * record stands, not when it has ended. `by` is who orders, for the log.
 * @throws ConflictError where the source cannot be run so now.
 */
export type RequestRun = (sourceId: string, by: string, order?: RunOrder) => Promise<number>;

/** When the job of each source is due next, by source id. */
export type NextRuns = () => Promise<ReadonlyMap<string, Date>>;
