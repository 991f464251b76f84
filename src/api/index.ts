export type { ApiContext, DomainClock } from './context.ts';
export { type Api, type ApiOptions, createApi } from './create-api.ts';
export type { ApiLimits } from './limits/limits.ts';
