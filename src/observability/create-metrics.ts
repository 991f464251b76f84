import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type PushMetrics, pushMetrics } from './push-metrics.ts';

/** What the parts of a process report; the names and labels of the figures stand only here. */
export interface Metrics {
  readonly runs: RunMetrics;
  readonly live: LiveFeedMetrics;
  readonly http: HttpMetrics;
  readonly pushes: PushMetrics;
  /** Jobs by state, asked for whenever the figures are read. Returns what stops the asking. */
  watchQueue(count: () => Promise<Readonly<Record<string, number>>>): () => void;
  /** Seconds since each source was last read to its end, by source id; asked for whenever the figures are read. */
  watchFreshness(ask: () => Promise<Readonly<Record<string, number>>>): () => void;
  /** For `/metrics`, in the text format of Prometheus. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export interface RunMetrics {
  /** A run of a source ended in a state (`SUCCEEDED`, `PARTIAL`, `FAILED`, `CANCELLED`). */
  ended(source: string, state: string, seconds: number): void;
  /** Observations of a run by what became of them: `accepted`, `unchanged`, `rejected`. */
  countObservations(source: string, outcome: 'accepted' | 'unchanged' | 'rejected', count: number): void;
  /** What a source does and its contract does not know, by kind: `NEW_FIELD`, `TYPE_CHANGED`, `UNMAPPED_CODE`. */
  countDrift(source: string, kind: string, count: number): void;
}

export interface LiveFeedMetrics {
  /** Seconds from a change's time to its being published here. */
  observeLag(seconds: number): void;
  countPublished(changes: number): void;
  setSubscribers(count: number): void;
  setOperations(count: number): void;
  countSlowConsumer(): void;
}

export interface HttpMetrics {
  answered(route: string, status: number, seconds: number): void;
  setConnections(transport: 'websocket' | 'sse', count: number): void;
}

type Ask = () => Promise<Readonly<Record<string, number>>>;

/** One registry per process (or per test): nothing is kept in the library's global one. */
export function createMetrics({ withProcess = true }: { withProcess?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (withProcess) collectDefaultMetrics({ register: registry });
  return {
    runs: runMetrics(registry),
    live: liveMetrics(registry),
    http: httpMetrics(registry),
    pushes: pushMetrics(registry),
    watchQueue: askedGauge(registry, 'lienthong_queue_jobs', 'Jobs in the queue by state.', 'state'),
    watchFreshness: askedGauge(
      registry,
      'lienthong_source_age_seconds',
      'Seconds since a source was last read to its end, or last sent something.',
      'source',
    ),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function runMetrics(registry: Registry): RunMetrics {
  const registers = [registry];
  const runs = new Counter({
    name: 'lienthong_runs_total',
    help: 'Runs of sources by the state in which they ended.',
    labelNames: ['source', 'state'],
    registers,
  });
  const duration = new Histogram({
    name: 'lienthong_run_seconds',
    help: 'How long runs of sources took.',
    labelNames: ['source'],
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300],
    registers,
  });
  const observations = new Counter({
    name: 'lienthong_observations_total',
    help: 'Observations by what became of them.',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const drift = new Counter({
    name: 'lienthong_source_drift_total',
    help: 'Fields and codes of sources that their contracts do not know.',
    labelNames: ['source', 'kind'],
    registers,
  });
  return {
    ended: (source, state, seconds) => {
      runs.inc({ source, state });
      duration.observe({ source }, seconds);
    },
    countObservations: (source, outcome, count) => observations.inc({ source, outcome }, count),
    countDrift: (source, kind, count) => drift.inc({ source, kind }, count),
  };
}

function liveMetrics(registry: Registry): LiveFeedMetrics {
  const registers = [registry];
  const lag = new Histogram({
    name: 'lienthong_feed_lag_seconds',
    help: 'From a change to its being published by this gateway.',
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const published = new Counter({
    name: 'lienthong_feed_changes_total',
    help: 'Changes published by this gateway.',
    registers,
  });
  const slow = new Counter({
    name: 'lienthong_feed_slow_consumers_total',
    help: 'Subscriptions ended because their client did not read.',
    registers,
  });
  const subscribers = new Gauge({ name: 'lienthong_feed_subscribers', help: 'Open feed subscriptions.', registers });
  const operations = new Gauge({
    name: 'lienthong_feed_operations',
    help: 'Distinct operations among the open feed subscriptions.',
    registers,
  });
  return {
    observeLag: (seconds) => lag.observe(seconds),
    countPublished: (changes) => published.inc(changes),
    setSubscribers: (count) => subscribers.set(count),
    setOperations: (count) => operations.set(count),
    countSlowConsumer: () => slow.inc(),
  };
}

function httpMetrics(registry: Registry): HttpMetrics {
  const registers = [registry];
  const requests = new Histogram({
    name: 'lienthong_http_request_seconds',
    help: 'HTTP requests by route and status.',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const connections = new Gauge({
    name: 'lienthong_connections',
    help: 'Open connections of subscribers.',
    labelNames: ['transport'],
    registers,
  });
  return {
    answered: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
    setConnections: (transport, count) => connections.set({ transport }, count),
  };
}

/** A gauge whose values are asked for when it is read; while nobody can be asked, or asking fails, it has none. */
function askedGauge(registry: Registry, name: string, help: string, label: string): (ask: Ask) => () => void {
  let current: Ask | undefined;
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    async collect() {
      const values = await current?.().catch(() => undefined);
      this.reset();
      for (const [key, value] of Object.entries(values ?? {})) this.set({ [label]: key }, value);
    },
  });
  return (ask) => {
    current = ask;
    return () => {
      if (current === ask) current = undefined;
    };
  };
}
