import { randomBytes, randomUUID } from 'node:crypto';
import { createDefaultSources } from '../../connectors/default-sources.ts';
import { connectors } from '../../connectors/index.ts';
import { sandboxSources } from '../../connectors/sandbox-accounts.ts';
import { loadReference } from '../../seeds/reference.ts';
import { createIngest } from '../../src/composition/open-ingest.ts';
import { PushGate, type PushLimits } from '../../src/composition/push-limits.ts';
import { toPublicError } from '../../src/errors/index.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import { createMetrics } from '../../src/observability/index.ts';
import { KeyService } from '../../src/services/keys/key-service.ts';
import { configureSources } from '../../src/sync/load-sources.ts';
import { registerSources } from '../../src/sync/register-sources.ts';
import type { TestDatabase } from '../support/database.ts';
import { startGateway } from '../transport/support/gateway.ts';

/** The domain's now. */
export const DOMAIN_NOW = new Date('2025-06-27T05:15:00Z');
export const WIDE: PushLimits = { burst: 100_000, perSecond: 100_000, atOnce: 6 };

export interface TestIngest {
  readonly base: string;
  readonly keys: KeyService;
  /** Of the hub; may be moved. */
  clock: { now: Date };
  /** By environment name. */
  readonly secrets: Readonly<Record<string, string>>;
  metrics(): Promise<string>;
  /** A key of role `source` for the province, ready for the header. */
  keyFor(province: string): Promise<string>;
  stop(): Promise<void>;
}

/** Reference data and the sandbox's sources, without their upstreams. */
export async function prepareIngest(db: TestDatabase): Promise<void> {
  await loadReference(db.em());
  await registerSources(db.em(), defaultFile().sources, { simulated: true, now: new Date() });
}

/** A gateway over HTTP whose `/ingest` is the real one, of the sandbox's sources. */
export async function startIngest(db: TestDatabase, limits = WIDE): Promise<TestIngest> {
  const file = defaultFile();
  const names = file.sources.flatMap(({ credentials }) => Object.values(credentials));
  const secrets = Object.fromEntries(names.map((name) => [name, `secret of ${name}`]));
  const clock = { now: new Date() };
  const hubClock = { now: () => clock.now };
  const metrics = createMetrics({ withProcess: false });
  const keys = new KeyService({ database: db.database(), clock: hubClock, randomBytes, anonymous: true });
  const authenticate = (token: string | undefined, address: string) => keys.authenticate(token, address);
  const ingest = createIngest({
    sources: configureSources(file, connectors, secrets),
    database: db.database(),
    clock: hubClock,
    domainClock: { now: () => DOMAIN_NOW },
    logger: silentLogger,
    newId: randomUUID,
    worker: 'test',
    raw: { keptMs: 86_400_000, maxSourceBytes: 2 ** 30 },
    authenticate,
    gate: new PushGate(limits),
    metrics: metrics.pushes,
  });
  const gateway = await startGateway({
    source: new ReplayChangeSource(),
    server: { ingest, authenticate, formatError: (error: unknown) => toPublicError(error) },
  });
  return {
    base: `http://127.0.0.1:${gateway.port}`,
    keys,
    clock,
    secrets,
    metrics: async () => (await metrics.render()).body,
    keyFor: async (province) => {
      const scope = { provinces: [province], sources: ['self-declared'] };
      const { token } = await keys.create({ name: province, role: 'source', createdBy: 'test', ...scope });
      return `Bearer ${token}`;
    },
    stop: () => gateway.stop(),
  };
}

function defaultFile() {
  const baseUrls = sandboxSources().map(({ id, path }) => [id, `http://127.0.0.1:9${path}`]);
  return createDefaultSources({ baseUrls: Object.fromEntries(baseUrls) });
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, never> & AnswerBody;
}
interface AnswerBody {
  readonly receipt: string;
  readonly duplicate: boolean;
  readonly status: string;
  readonly run: string;
  readonly counts: Record<string, number>;
  readonly problems: readonly Record<string, unknown>[];
  readonly ignoredFields: readonly string[];
  readonly deliveries: number;
  readonly error: { code: string; message: string; details?: { problems?: Record<string, unknown>[] } };
}

export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
}
