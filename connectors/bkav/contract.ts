import * as z from 'zod';
import { type CodeMap, code, provinceCode, sandboxMarker, text, zonedTime } from '../kit/index.ts';

export const CONTRACT = '2025-06.1';

const meta = z.object({ _sandbox: sandboxMarker.optional() }).optional();
const company = z.object({ type: z.literal('companies'), id: code, name: text(200).optional() });
const province = z.object({
  type: z.literal('provinces'),
  id: provinceCode,
  name: text(200),
  /** Points back to the systems of the province. */
  deployments: z.array(z.unknown()).optional(),
});

const incident = z.object({
  type: z.literal('incidents'),
  id: z.string().max(100),
  summary: text(),
  'opened-at': zonedTime,
  /** Null while it is open. */
  'closed-at': zonedTime.nullable(),
});

/** A system of a province; province, partners and the last incident are included resources. */
export const deployment = z.object({
  type: z.literal('deployments'),
  id: z.string().max(100),
  'system-code': code,
  phase: z.string().max(64),
  note: text().nullish(),
  'changed-at': zonedTime,
  province,
  partners: z.array(company),
  incident: incident.nullish(),
  meta,
});
export type BkavDeployment = z.output<typeof deployment>;

const share = z.number().min(0).max(1);

/** Of the 24 hours before it was measured. What it is about is an included resource, and so is that one's province. */
export const healthReport = z.object({
  type: z.literal('health-reports'),
  id: z.string().max(100),
  'measured-at': zonedTime,
  availability: share,
  peak: z.object({ cpu: share, memory: share, 'traffic-kbps': z.number().nonnegative() }),
  'alert-count': z.number().int().nonnegative(),
  comment: text().nullish(),
  deployment: z.object({ type: z.literal('deployments'), id: z.string().max(100), 'system-code': code, province }),
  meta,
});
export type BkavHealthReport = z.output<typeof healthReport>;

export const phaseCodes = {
  version: '2025-06.1',
  codes: {
    preparing: 'PREPARING',
    'being-set-up': 'CONFIGURING',
    'on-trial': 'PILOT',
    'ready-to-run': 'READY',
    'in-service': 'OPERATING',
  },
} as const satisfies CodeMap<string>;
