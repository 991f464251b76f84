import * as z from 'zod';
import { type CodeMap, code, epochSeconds, provinceCode, sandboxMarker, text } from '../kit/index.ts';

export const DEPLOYMENTS_CONTRACT = '2025-06.1';
export const METRICS_CONTRACT = '2025-06.1';

const site = z.object({ province_code: provinceCode, system_code: code });

/** A system that FPT runs for a province. */
export const deployment = z.object({
  deployment_id: z.string().min(1).max(100),
  site,
  /** Companies that run it with FPT. */
  co_operators: z.array(code),
  state: z.string().max(64),
  remark: text().nullish(),
  /** Of anything in the entry. */
  modified_at: epochSeconds,
  /** Null where none is open; one that is over is named no more. */
  open_incident: z.object({ summary: text(), since: epochSeconds }).nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type FptDeployment = z.output<typeof deployment>;

const percent = z.number().min(0).max(100);

/** Of the 24 hours up to `window_end`; due by 08:00. */
export const metrics = z.object({
  site,
  window_end: epochSeconds,
  availability_pct: percent,
  peak: z.object({ cpu_pct: percent, mem_pct: percent, net_mbps: z.number().nonnegative() }),
  alert_count: z.number().int().nonnegative(),
  /** For people. */
  remark: text().nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type FptMetrics = z.output<typeof metrics>;

export const stateCodes = {
  version: '2025-06.1',
  codes: {
    onboarding: 'PREPARING',
    configuring: 'CONFIGURING',
    piloting: 'PILOT',
    'go-live-ready': 'READY',
    'in-service': 'OPERATING',
  },
} as const satisfies CodeMap<string>;
