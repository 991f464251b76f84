import type { EntityManager } from '@mikro-orm/postgresql';
import { FUTURE_TOLERANCE_MS } from '../../connectors/kit/check-time.ts';
import type { ConnectorContext } from '../../connectors/kit/connector.ts';
import { PUSH_LABEL } from '../../connectors/kit/push/push.ts';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { translateDatabaseError } from '../database/translate-error.ts';
import { ConflictError } from '../errors/index.ts';
import type { ConfiguredSource } from './configured-source.ts';
import { keptLookups } from './raw/kept-lookups.ts';
import { NOTHING_KEPT, type RawLimits } from './raw/raw-limits.ts';
import { loadReferenceCodes } from './reference-codes.ts';
import type { RunDependencies } from './run-dependencies.ts';
import type { Scope } from './scopes.ts';
import type { PageContext } from './store-page.ts';

const TRANSACTION_ATTEMPTS = 5;

/** What the pages of a run are stored by. */
export async function createPageContext(
  dependencies: RunDependencies,
  source: ConfiguredSource,
  runId: number,
): Promise<PageContext> {
  return {
    sourceId: source.definition.id,
    runId,
    worker: dependencies.me.name,
    references: await loadReferenceCodes(dependencies.database.fork()),
    voices: new Set(Object.keys(source.definition.voices)),
    scopes: scopesOf(source),
    contractVersionOf: contractVersions(source),
    isNews: (name) => source.connector.spec().streams.some((one) => one.name === name && one.mode === 'incremental'),
    keptMs: keptMsOf(source, dependencies.raw ?? NOTHING_KEPT),
    secrets: Object.values(source.credentials),
  };
}

/** What the source as such may speak of, whoever sends for it. */
export function scopesOf({ definition }: ConfiguredSource): Scope[] {
  return definition.scope ? [{ of: 'source', provinces: [definition.scope.province] }] : [];
}

/** What a connector is given for a run. */
export function connectorContext(
  dependencies: Pick<RunDependencies, 'clock' | 'domainClock' | 'random' | 'logger' | 'shared'> &
    Partial<Pick<RunDependencies, 'database'>>,
  { definition, credentials }: ConfiguredSource,
  run: { readonly signal: AbortSignal; readonly checkpoints: Readonly<Record<string, Json>> },
): ConnectorContext {
  const { database, clock, domainClock, random, logger, shared } = dependencies;
  return {
    source: { id: definition.id, config: definition.config, ...(definition.scope ? { scope: definition.scope } : {}) },
    credentials,
    clock,
    domainClock,
    random,
    logger,
    shared,
    ...(database && { keptLookups: keptLookups({ database, clock }, definition.id) }),
    ...run,
  };
}

export function latestObservedAt(domainNow: Date): Date {
  return new Date(domainNow.getTime() + FUTURE_TOLERANCE_MS);
}

/** A transaction, tried again where PostgreSQL gave it up for the sake of another (deadlock, serialization). */
export async function inTransaction<Result>(
  database: RunDependencies['database'],
  work: (em: EntityManager) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.fork().transactional(work);
    } catch (error) {
      const known = translateDatabaseError(error);
      if (!(known instanceof ConflictError && known.retryable) || attempt >= TRANSACTION_ATTEMPTS) throw known;
    }
  }
}

/** How long raw answers of a source are kept; 0 for not at all. */
export function keptMsOf({ definition }: ConfiguredSource, { keptMs }: RawLimits): number {
  return definition.keepRawFor === undefined ? keptMs : definition.keepRawFor * 1000;
}

function contractVersions({ connector }: ConfiguredSource): (stream: string) => string {
  const { streams, push } = connector.spec();
  const versions = new Map(streams.map((stream) => [stream.name, stream.contractVersion]));
  if (push) versions.set(PUSH_LABEL, push.contractVersion);
  return (stream) => String(versions.get(stream) ?? 'unknown');
}
