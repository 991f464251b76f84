import * as z from 'zod';
import { type CodeMap, code, epochMilliseconds, provinceCode, sandboxMarker, text } from '../kit/index.ts';

export const SYSTEMS_CONTRACT = '2025-06.1';
export const HEALTH_CONTRACT = '2025-06.1';
export const EVENTS_CONTRACT = '2025-06.1';

/** What is, or was, in the way at a system. */
const incident = z.object({
  incidentId: z.string().min(1).max(100),
  description: text(),
  openedAt: epochMilliseconds,
  /** Null while it is open. */
  closedAt: epochMilliseconds.nullable(),
  _sandbox: sandboxMarker.optional(),
});

/** A system that Viettel runs for a province. */
export const system = z.object({
  province: provinceCode,
  system: code,
  /** Who runs it together with Viettel. */
  partners: z.array(code),
  /** An integer, but text at some installations. */
  status: z.union([z.number().int(), z.string().max(64)]).transform(String),
  note: text().nullish(),
  updatedAt: epochMilliseconds,
  /** The last one; null where there has been none. */
  incident: incident.nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type ViettelSystem = z.output<typeof system>;

const percent = z.number().min(0).max(100);

/** Of the 24 hours before `measuredAt`; due by 08:00. */
export const health = z.object({
  province: provinceCode,
  system: code,
  measuredAt: epochMilliseconds,
  availability: percent,
  cpuPeak: percent,
  ramPeak: percent,
  bandwidthPeakMbps: z.number().nonnegative(),
  alarms: z.number().int().nonnegative(),
  /** For people. */
  remark: text().nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type ViettelHealth = z.output<typeof health>;

/** What Viettel sends by itself as soon as it happens; the next list says the same. */
export const event = z.discriminatedUnion('event', [
  z.object({ event: z.literal('SYSTEM_STATUS_CHANGED'), system }),
  z.object({
    event: z.enum(['INCIDENT_OPENED', 'INCIDENT_CLOSED']),
    province: provinceCode,
    system: code,
    incident,
  }),
]);
export type ViettelEvent = z.output<typeof event>;

export const statusCodes = {
  version: '2025-06.1',
  codes: { '10': 'PREPARING', '20': 'CONFIGURING', '30': 'PILOT', '40': 'READY', '50': 'OPERATING' },
} as const satisfies CodeMap<string>;
