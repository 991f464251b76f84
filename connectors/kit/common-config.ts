import * as z from 'zod';

/** Time for one run where a source says nothing else; milliseconds. */
export const DEFAULT_TIME_BUDGET_MS = 300_000;
/** Time for a run of which nobody's freshness waits, such as a backfill; milliseconds. */
export const LONG_BUDGET_MS = 60 * 60_000;

/**
 * What every source may be configured with, beside what its connector asks for and {@link commonConfigOf}. The
 * descriptions stand in the JSON schema of the sources file, for editors.
 */
const commonConfig = z.object({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine(hasNoUser, 'holds a user or password; credentials stand in variables of the environment')
    .describe('Address of the upstream; paths are appended.'),
  requestDeadlineMs: z
    .int()
    .min(10)
    .max(600_000)
    .default(30_000)
    .describe('Time for one request with its answer; milliseconds.'),
  maxResponseBytes: z
    .int()
    .min(1024)
    .default(32 * 2 ** 20)
    .describe('Size of one answer after decompression; bytes.'),
  timeBudgetMs: z
    .int()
    .min(100)
    .default(DEFAULT_TIME_BUDGET_MS)
    .describe('Time for one run, waits included; milliseconds. A backfill has an hour, or this if it is longer.'),
  requestBudget: z
    .int()
    .min(1)
    .default(2000)
    .describe('Requests of one run, sign-in and retries included. Where it is left out, a backfill has no limit.'),
});
export interface CommonConfig extends z.output<typeof commonConfig> {
  /** Absent where there is one stream. */
  readonly concurrency?: number;
}

/** The same for a connector of so many streams. */
export function commonConfigOf(streams: number) {
  if (streams < 2) return commonConfig;
  return commonConfig.extend({
    concurrency: z
      .int()
      .min(1)
      .max(streams, `has to be at most ${streams}: the connector has ${streams} streams`)
      .default(1)
      .describe('Streams that are read at once, within the same rate limit and budgets; for an upstream that is slow.'),
  });
}

function hasNoUser(address: string): boolean {
  if (!URL.canParse(address)) return true;
  const { username, password } = new URL(address);
  return username === '' && password === '';
}
