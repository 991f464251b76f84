import { NotFoundError } from '../errors/index.ts';
import { keyOfArgument } from '../services/reading/global-id.ts';
import { maySeeSource } from '../services/reading/sources.ts';
import { runByNumber } from '../services/reading/sync-runs.ts';
import type { ApiContext } from './context.ts';

/** The numbers of the runs that the caller may see, as they go on. Throws NOT_FOUND for a source that they may not. */
export async function followVisibleRuns(
  context: ApiContext,
  source: string | null | undefined,
): Promise<AsyncIterableIterator<number>> {
  const code = source == null ? null : keyOfArgument('Source', source);
  if (code !== null && !(context.reference.find('Source', code) && maySeeSource(context, code))) {
    throw new NotFoundError('source', code);
  }
  const runs = context.parts.followRuns(code, context.signal);
  if (code !== null) return runs;
  const visible: AsyncIterableIterator<number> = {
    [Symbol.asyncIterator]: () => visible,
    async next() {
      for (;;) {
        const result = await runs.next();
        context.renew();
        if (result.done || (await runByNumber(context, result.value))) return result;
      }
    },
    return: async () => (await runs.return?.()) ?? { done: true, value: undefined },
  };
  return visible;
}
