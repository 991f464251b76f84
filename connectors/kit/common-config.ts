import * as z from 'zod';

/** What every source may be configured with, beside what its connector asks for. */
export const commonConfig = z.object({
  /** Address of the upstream; paths are appended. */
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine(hasNoUser, 'holds a user or password; credentials stand in variables of the environment'),
  /** Of one request; milliseconds. Default 30,000. */
  requestDeadlineMs: z.number().int().min(10).max(600_000).default(30_000),
  /** Of one answer after decompression. Default 32 MiB. */
  maxResponseBytes: z
    .number()
    .int()
    .min(1024)
    .default(32 * 2 ** 20),
  /** Of one run, waits included; milliseconds. Default 5 min. */
  timeBudgetMs: z.number().int().min(100).default(300_000),
  /** Requests of one run. Default 2,000. */
  requestBudget: z.number().int().min(1).default(2000),
});
export type CommonConfig = z.output<typeof commonConfig>;

function hasNoUser(address: string): boolean {
  if (!URL.canParse(address)) return true;
  const { username, password } = new URL(address);
  return username === '' && password === '';
}
