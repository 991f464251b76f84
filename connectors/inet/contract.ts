import * as z from 'zod';
import { type CodeMap, code, provinceCode, sandboxMarker, text, zonedTime } from '../kit/index.ts';

export const SYSTEMS_CONTRACT = '2025-06.1';
export const HEALTH_CONTRACT = '2025-06.1';

export const SYSTEMS_DOCUMENT = /* GraphQL */ `
  query Systems($first: Int!, $after: String) {
    installations(first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { id province { code } product sharedWith phase comment changedAt lastIncident { summary startedAt resolvedAt } } }
    }
  }
`;

export const HEALTH_DOCUMENT = /* GraphQL */ `
  query Health($since: String!, $first: Int!, $after: String) {
    dailyReports(since: $since, first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { id province { code } product takenAt uptime load { cpu memory trafficMbps } alerts comment } }
    }
  }
`;

const province = z.object({ code: provinceCode });
const id = z.string().min(1).max(100);

const incident = z.object({ summary: text(), startedAt: zonedTime, resolvedAt: zonedTime.nullable() });

/** A system that iNet runs for a province. */
export const system = z.object({
  id,
  province,
  product: code,
  /** Who runs it together with iNet. */
  sharedWith: z.array(code),
  phase: z.string().max(64),
  comment: text().nullish(),
  changedAt: zonedTime,
  lastIncident: incident.nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type InetSystem = z.output<typeof system>;

/** From 0 to 1. */
const share = z.number().min(0).max(1);

/** Of the 24 hours before `takenAt`; due by 08:00. */
export const health = z.object({
  id,
  province,
  product: code,
  takenAt: zonedTime,
  uptime: share,
  load: z.object({ cpu: share, memory: share, trafficMbps: z.number().nonnegative() }),
  alerts: z.number().int().nonnegative(),
  /** For people. */
  comment: text().nullish(),
  _sandbox: sandboxMarker.optional(),
});
export type InetHealth = z.output<typeof health>;

export const phaseCodes = {
  version: '2025-06.1',
  codes: {
    PREPARATION: 'PREPARING',
    SETUP: 'CONFIGURING',
    TRIAL: 'PILOT',
    ACCEPTED: 'READY',
    PRODUCTION: 'OPERATING',
  },
} as const satisfies CodeMap<string>;
