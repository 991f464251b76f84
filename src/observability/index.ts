export { createLogger } from './create-logger.ts';
export { createMetrics, type Metrics } from './create-metrics.ts';
export type { PushMetrics, PushOutcome } from './push-metrics.ts';
