import * as z from 'zod';
import { defineConnector } from '../../connectors/kit/define-connector.ts';
import { mapCode, noAuth, singlePage, unmappedDetail } from '../../connectors/kit/index.ts';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';

export interface Mending {
  readonly version: string;
  /** What the upstream's codes mean, as far as is known. */
  readonly codes: Readonly<Record<string, 'READY' | 'OPERATING'>>;
  /** Whether a record may lack its status. */
  readonly isLenient?: boolean;
  /** Whether it tells news; else all that there is, each time. */
  readonly isNews?: boolean;
}

export interface SystemRecord {
  readonly province: string;
  readonly status?: string;
  /** Undefined: the record has no time of its own. */
  readonly at?: string;
}

/** What all connectors of the id `mendable` are, whatever they read. */
export const MENDABLE = {
  id: 'mendable',
  title: 'Mendable',
  shape: 'modelled',
  config: z.object({}),
  auth: () => noAuth(),
  rateLimit: { requestsPerSecond: 1000, burst: 1000 },
} as const;

/** A source whose contract and mapping a test mends; reads `{ systems: [...] }` at `/systems`, then at `/later`. */
export function mendableSource(
  baseUrl: string,
  { version, codes, isLenient = false, isNews = false }: Mending,
  over: Partial<ConfiguredSource['definition']> = {},
): ConfiguredSource {
  const status = isLenient ? z.string().default('1') : z.string();
  const connector = defineConnector({
    ...MENDABLE,
    retry: { maxAttempts: 2, firstDelayMs: 1, maxDelayMs: 2 },
    streams: (stream) =>
      ['systems', 'later'].map((name) =>
        stream({
          name,
          kinds: ['deployment'],
          mode: isNews ? 'incremental' : 'snapshot',
          paginator: singlePage(() => ({ method: 'GET', path: `/${name}` })),
          decode: (body) => (body as { systems: Json[] }).systems,
          contract: z.object({ province: z.string(), status, at: z.string().optional() }),
          contractVersion: version,
          map: ({ province, status: code, at }) => {
            const mapped = mapCode({ version, codes }, code);
            return [
              {
                class: 'fact',
                kind: 'deployment',
                key: { province, system: 'TTHC' },
                observedAt: at === undefined ? null : new Date(at),
                attributes: { status: mapped.value },
                detail: unmappedDetail(mapped),
              },
            ];
          },
        }),
      ),
  });
  const definition = {
    id: 'mendable',
    connector: 'mendable',
    config: { baseUrl },
    credentials: {},
    schedule: { everySeconds: 5, jitterSeconds: 0 },
    ttl: null,
    precedence: { default: 10 },
    goneAfter: 3,
    voices: {},
    ...over,
  } as unknown as ConfiguredSource['definition'];
  return { definition, connector, credentials: {} };
}
