import * as z from 'zod';
import type { ConnectorContext } from '../../../connectors/kit/connector.ts';
import { type ConnectorDefinition, defineConnector } from '../../../connectors/kit/define-connector.ts';
import { noAuth, singlePage } from '../../../connectors/kit/index.ts';
import { createSharedState, type SharedState } from '../../../connectors/kit/shared-state.ts';
import { createVirtualTime, type VirtualTime } from '../../../connectors/testkit/virtual-time.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';

export const NOW = new Date('2025-06-27T05:15:00Z');

export interface TestBench {
  readonly context: ConnectorContext;
  readonly shared: SharedState;
  readonly time: VirtualTime;
}

/** A context for a connector on that address; close `shared` at the end. */
export function createBench(
  baseUrl: string,
  overrides: Partial<Omit<ConnectorContext, 'source'>> & { config?: Record<string, Json> } = {},
): TestBench {
  const time = createVirtualTime();
  const { config, ...rest } = overrides;
  const shared = rest.shared ?? createSharedState({ sleep: time.sleep, monotonicMs: time.monotonicMs });
  const context: ConnectorContext = {
    source: { id: 'test', config: { baseUrl, ...config } },
    credentials: {},
    checkpoints: {},
    clock: { now: () => NOW },
    domainClock: { now: () => NOW },
    random: () => 0,
    signal: new AbortController().signal,
    shared,
    ...rest,
  };
  return { context, shared, time };
}

const config = z.object({});
type Definition = ConnectorDefinition<typeof config>;

/** A connector that reads one list of `{id}` and emits nothing, to be varied. */
export function definePlain(overrides: Partial<Definition> = {}) {
  return defineConnector({
    id: 'plain',
    title: 'Plain',
    shape: 'modelled',
    config,
    auth: () => noAuth(),
    rateLimit: { requestsPerSecond: 1000, burst: 1000 },
    streams: (stream) => [
      stream({
        name: 'things',
        kinds: ['link'],
        mode: 'snapshot',
        paginator: singlePage(() => ({ method: 'GET', path: '/things' })),
        decode: (body) => body as Json[],
        contract: z.object({ id: z.string() }),
        contractVersion: '1',
        map: ({ id }) => [
          {
            class: 'fact',
            kind: 'link',
            key: { province: '01', target: id },
            observedAt: NOW,
            attributes: { state: 'UP' },
          },
        ],
      }),
    ],
    ...overrides,
  });
}
