export { createLogger, type LoggerOptions } from './create-logger.ts';
export {
  createMetrics,
  type HttpMetrics,
  type LiveFeedMetrics,
  type Metrics,
  type RunMetrics,
} from './create-metrics.ts';
