import type { CheckResult } from './connector.ts';
import type { OpenSource } from './read-streams.ts';
import type { Stream } from './stream.ts';
import { walkPages } from './walk-pages.ts';

/** Pages of a stream that may say that nothing is there before it counts as having nothing. */
const MAX_EMPTY_PAGES = 10;

/**
 * Asks for as little as tells whether the upstream answers: until the first page that has something to say. One that has
 * nothing, as the error table tells, may as well be a wrong address, so that alone is no good sign. Throws what a read
 * would throw.
 */
export async function checkUpstream<Config>(
  title: string,
  streams: readonly Stream<Config>[],
  { config, upstream }: Pick<OpenSource<Config>, 'config' | 'upstream'>,
  domainNow: Date,
): Promise<CheckResult> {
  let empty = 0;
  for (const { paginator, decode, format } of streams) {
    const state = paginator.start({ config, memory: undefined, domainNow });
    let asked = 0;
    for await (const { outcome } of walkPages({ upstream, config, state, paginator, decode, format })) {
      if (outcome !== 'ignored') return { ok: true, message: `${title} answers and takes the credentials.` };
      asked += 1;
      if (asked >= MAX_EMPTY_PAGES) break;
    }
    empty += asked;
  }
  const message =
    empty === 0
      ? `There is nothing yet to ask ${title} for, so nobody was asked whether the credentials are right; check from when it is read.`
      : `${title} has nothing of what was asked for (${empty} requests); check the base URL, and from when it is read.`;
  return { ok: false, message, code: 'UPSTREAM_CONFIGURATION' };
}
