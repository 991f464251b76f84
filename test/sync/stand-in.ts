import type { Connector, ConnectorContext, ReadPage } from '../../connectors/kit/connector.ts';
import { createSharedState } from '../../connectors/kit/shared-state.ts';
import type { Observation } from '../../schema/observation.ts';
import type { Database } from '../../src/database/open-database.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';
import type { RunDependencies } from '../../src/sync/run-source.ts';
import { createWorkerIdentity, type WorkerIdentity } from '../../src/sync/worker-identity.ts';

/** A page of the stream `systems` with what matters to a test. */
export function page(observations: Observation[], over: Partial<ReadPage> = {}): ReadPage {
  return {
    stream: 'systems',
    requestedAt: new Date(),
    domainRequestedAt: new Date(),
    drift: [],
    records: observations.map((observation) => ({ record: observation, observations: [observation] })),
    observations,
    rejections: [],
    read: observations.length,
    requests: 1,
    checkpoint: undefined,
    ...over,
  };
}

export function deployment(province: string, vendors: string[], over: object = {}): Observation {
  return {
    class: 'fact',
    kind: 'deployment',
    key: { province, system: 'TTHC' },
    observedAt: new Date('2025-06-27T05:15:00Z'),
    attributes: { vendors },
    ...over,
  };
}

/** A source whose connector gives what `read` yields. */
export function standInSource(
  read: (context: ConnectorContext) => AsyncGenerator<ReadPage, void, undefined>,
  over: Partial<ConfiguredSource['definition']> = {},
): ConfiguredSource {
  const connector: Connector = {
    id: 'stand-in',
    spec: () => ({
      id: 'stand-in',
      title: 'Stand-in',
      shape: 'modelled',
      config: {},
      credentials: [],
      streams: [{ name: 'systems', kinds: ['deployment'], mode: 'snapshot', contractVersion: '3' }],
    }),
    checkConfig: () => [],
    check: async () => ({ ok: true, message: 'it works' }),
    read,
    async *replay() {},
    convertRejected: () => async () => [],
  };
  const definition = {
    id: 'stand-in',
    connector: 'stand-in',
    config: {},
    credentials: {},
    schedule: { everySeconds: 5, jitterSeconds: 0 },
    ttl: null,
    precedence: { default: 10 },
    goneAfter: 3,
    voices: { summary: { name: 'Summary', precedence: { default: 40 }, ttl: null } },
    ...over,
  } as unknown as ConfiguredSource['definition'];
  return { definition, connector, credentials: {} };
}

/** Gives the pages in order, each time it is read. */
export function pagesOf(...pages: ReadPage[]) {
  return async function* read(): AsyncGenerator<ReadPage, void, undefined> {
    yield* pages;
  };
}

export async function runDependencies(
  database: Database,
  over: Partial<RunDependencies> & { me?: WorkerIdentity } = {},
): Promise<RunDependencies> {
  const clock: Clock = { now: () => new Date() };
  return {
    database,
    clock,
    domainClock: clock,
    random: Math.random,
    logger: silentLogger,
    me: await createWorkerIdentity(),
    shared: createSharedState(),
    ...over,
  };
}
