import * as z from 'zod';
import { createSeededRandom } from './seeded-random.ts';

/** Every fault that a stand-in can be asked for. */
export const FAULT_NAMES = [
  'session-dies',
  'error-inside',
  'error-code-type',
  'html',
  'hang',
  'reset',
  '401',
  '403',
  '429',
  '429-retry-after',
  '500',
  '503',
  'page-repeated',
  'page-short',
  'page-missing',
  'endless-next',
  'rows-vanish',
  'clock-off',
  'doubled',
  'out-of-order',
  'unknown-status',
  'new-field',
  'type-change',
  'invalid-utf8',
  'huge-field',
  'gzip-burst',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/** A fault to come, as `POST /control/faults` takes it. */
export const faultSchema = z.strictObject({
  /** Id of a source or of a connector. */
  upstream: z.string().min(1),
  fault: z.enum(FAULT_NAMES),
  /** Which calls it strikes: those for data, or those that sign in. */
  on: z.enum(['data', 'sign-in']).default('data'),
  /** The call that it strikes first, counted from now over calls of that sort; 1 is the next. */
  nth: z.number().int().min(1).default(1),
  /** How many calls in a row it strikes. */
  times: z.number().int().min(1).default(1),
  /** Instead of `nth`: strikes each call with this probability, by the seed, until `times` are used up. */
  probability: z.number().gt(0).max(1).optional(),
  seed: z.number().int().default(1),
});
export type Fault = z.input<typeof faultSchema>;

interface Armed {
  readonly fault: z.output<typeof faultSchema>;
  readonly random: () => number;
  calls: number;
  left: number;
}

/** Whom faults can strike: what is asked, by its id or its connector, and what only sends by itself. */
export interface FaultTargets {
  readonly asked: readonly { readonly id: string; readonly connector: string }[];
  readonly pushOnly: readonly string[];
}

/** Which faults are armed, and which strike a call. */
export class FaultPlan {
  private armed: Armed[] = [];
  private readonly schema: typeof faultSchema;

  constructor({ asked, pushOnly }: FaultTargets) {
    const names = new Set(asked.flatMap(({ id, connector }) => [id, connector]));
    this.schema = faultSchema.superRefine(({ upstream }, context) => {
      if (names.has(upstream)) return;
      const reason = pushOnly.includes(upstream)
        ? `${upstream} only sends by itself, so no answer of it can be spoilt`
        : `there is no ${upstream}`;
      const message = `${reason}; faults strike: ${[...names].sort().join(', ')}`;
      context.addIssue({ code: 'custom', path: ['upstream'], message });
    });
  }

  /** Throws a ZodError for a fault that is none, or that could strike nothing. */
  add(fault: Fault): void {
    const parsed = this.schema.parse(fault);
    this.armed.push({ fault: parsed, random: createSeededRandom(parsed.seed), calls: 0, left: parsed.times });
  }

  clear(): void {
    this.armed = [];
  }

  list(): z.output<typeof faultSchema>[] {
    return this.armed.map(({ fault, left }) => ({ ...fault, times: left }));
  }

  /** Counts a call to an upstream and gives the faults that strike it. */
  strike(upstream: { id: string; connector: string }, sort: NonNullable<Fault['on']>): FaultName[] {
    const struck = this.armed.filter((armed) => {
      if (armed.fault.on !== sort) return false;
      if (armed.fault.upstream !== upstream.id && armed.fault.upstream !== upstream.connector) return false;
      armed.calls += 1;
      const { nth, probability } = armed.fault;
      return probability === undefined ? armed.calls >= nth : armed.random() < probability;
    });
    for (const armed of struck) armed.left -= 1;
    this.armed = this.armed.filter((armed) => armed.left > 0);
    return struck.map(({ fault }) => fault.fault);
  }
}
