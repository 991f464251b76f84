import type { HttpRequest } from '../http/http-types.ts';
import type { Paginator } from './paginator.ts';

/** One request, one answer. */
export function singlePage<Config>(request: (config: Config) => HttpRequest): Paginator<Config, { page: 'only' }> {
  return {
    name: 'single-page',
    start: () => ({ page: 'only' }),
    request: (_state, config) => request(config),
    next: () => undefined,
  };
}
