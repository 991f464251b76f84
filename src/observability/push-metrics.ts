import { Counter, type Registry } from 'prom-client';

/** What became of a delivery. `refused`: the sender has to mend it; `failed`: the hub could not take it just now. */
export type PushOutcome = 'accepted' | 'partial' | 'duplicate' | 'refused' | 'unauthenticated' | 'limited' | 'failed';

export interface PushMetrics {
  /** `source` is a source that is pushed to, else `unknown`, so that nobody can invent labels. */
  counted(source: string, outcome: PushOutcome): void;
}

export function pushMetrics(registry: Registry): PushMetrics {
  const pushes = new Counter({
    name: 'lienthong_pushes_total',
    help: 'Deliveries that were pushed, by what became of them.',
    labelNames: ['source', 'outcome'],
    registers: [registry],
  });
  return { counted: (source, outcome) => pushes.inc({ source, outcome }) };
}
