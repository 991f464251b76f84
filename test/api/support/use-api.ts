import { afterAll, beforeAll } from '@jest/globals';
import { execute, parse } from 'graphql';
import { type Api, type ApiLimits, createApi, type DomainClock } from '../../../src/api/index.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { realClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/logger.ts';
import { anonymousRights, createRights, type Rights, type Role } from '../../../src/services/rights.ts';
import type { NextRuns, RequestRun } from '../../../src/services/sources/order-run.ts';
import type { Loose } from './loose.ts';

export const LIMITS: ApiLimits = {
  maxDepth: 12,
  maxCost: 50_000,
  maxPageSize: 500,
  maxAliases: 50,
  maxDocumentBytes: 100_000,
  queryTimeoutMs: 10_000,
};

/** 27 June 2025, an hour after the report. */
export const JUNE_CLOCK: DomainClock = {
  now: () => new Date('2025-06-27T13:15:00+07:00'),
  simulated: true,
  speed: () => 1440,
};

export const rightsOf = (role: Role, more: Partial<Pick<Rights, 'provinces' | 'sources'>> = {}): Rights =>
  createRights({ role, provinces: null, sources: null, keyId: role === 'anonymous' ? null : `${role}-key`, ...more });

export interface Answer {
  readonly data: Loose;
  readonly errors: readonly { readonly message: string; readonly extensions: Loose; readonly path?: unknown }[];
  readonly extensions: Loose;
}

export interface TestApi {
  api(): Api;
  /** Prepares and executes as WebSocket does. */
  ask(query: string, variables?: object, rights?: Rights): Promise<Answer>;
}

interface TestApiOptions {
  readonly limits?: Partial<ApiLimits>;
  readonly requestRun?: RequestRun;
  readonly nextRuns?: NextRuns;
  readonly domainClock?: DomainClock;
}

/** An API over the database of the test file, made after `load` and stopped at the end. */
export function useApi(database: () => Database, load: () => Promise<unknown>, options: TestApiOptions = {}): TestApi {
  let api: Api | undefined;
  beforeAll(async () => {
    await load();
    api = await createTestApi(database(), options);
  });
  afterAll(async () => {
    await api?.stop();
  });
  const current = (): Api => {
    if (!api) throw new Error('useApi: not before beforeAll');
    return api;
  };
  return { api: current, ask: (query, variables, rights) => ask(current(), query, variables, rights) };
}

export function createTestApi(database: Database, options: TestApiOptions = {}): Promise<Api> {
  return createApi({
    database,
    clock: realClock,
    domainClock: options.domainClock ?? JUNE_CLOCK,
    limits: { ...LIMITS, ...options.limits },
    requestRun: options.requestRun ?? (() => Promise.reject(new Error('no jobs in this test'))),
    ...(options.nextRuns && { nextRuns: options.nextRuns }),
    logger: silentLogger,
  });
}

export async function ask(api: Api, query: string, variables: object = {}, rights = anonymousRights): Promise<Answer> {
  const prepared = await api.prepareOperation({ query, variables: { ...variables } }, rights);
  if ('map' in prepared) {
    const errors = prepared.map((error) => ({ message: error.message, extensions: error.extensions }));
    return { data: undefined, errors, extensions: undefined };
  }
  const result = await execute({
    schema: api.schema,
    document: prepared.document ?? parse(query),
    variableValues: prepared.variableValues as Record<string, unknown>,
    contextValue: api.createContext(rights, AbortSignal.timeout(60_000)),
  });
  const errors = (result.errors ?? []).map((error) => ({ ...api.formatError(error), path: error.path }));
  return {
    data: JSON.parse(JSON.stringify(result.data ?? null)),
    errors: errors as never,
    extensions: prepared.extensions,
  };
}
