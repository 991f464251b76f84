import * as z from 'zod';
import { type CodeMap, code, provinceCode, sandboxMarker, text, zonedTime } from '../kit/index.ts';

export const SYSTEMS_CONTRACT = '2025-06.1';
export const HEALTH_CONTRACT = '2025-06.1';

const incident = z.object({
  description: text(),
  openedAt: zonedTime,
  /** Null while it is open. */
  closedAt: zonedTime.nullable(),
});

/** A system that the vendor runs for a province. */
export const system = z.object({
  id: z.string().min(1).max(100),
  provinceCode,
  systemCode: code,
  /** Who runs it together with the vendor. */
  partners: z.array(code),
  status: z.string().max(64),
  note: text().nullish(),
  updatedAt: zonedTime,
  /** The last one; null where there has been none. */
  incident: incident.nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type VnptSystem = z.output<typeof system>;

const percent = z.number().min(0).max(100);

/** Of the 24 hours before `measuredAt`; due by 08:00. */
export const health = z.object({
  provinceCode,
  systemCode: code,
  measuredAt: zonedTime,
  uptimePercent: percent,
  cpuPercent: percent,
  memoryPercent: percent,
  trafficMbps: z.number().nonnegative(),
  alerts: z.number().int().nonnegative(),
  /** For people. */
  remark: text().nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type VnptHealth = z.output<typeof health>;

export const statusCodes = {
  version: '2025-06.1',
  codes: {
    PLANNED: 'PREPARING',
    IN_CONFIGURATION: 'CONFIGURING',
    TRIAL: 'PILOT',
    READY: 'READY',
    LIVE: 'OPERATING',
  },
} as const satisfies CodeMap<string>;
