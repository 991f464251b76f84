import type { Observation } from '../../schema/observation.ts';
import { mapCode, markerDetail } from '../kit/index.ts';
import { statements } from '../kit/statements.ts';
import { statusCodes, type VnptHealth, type VnptSystem } from './contract.ts';

const VENDOR = 'VNPT';

/** The vendor names those it runs a system with, so its word on who runs it is complete. */
export function mapSystem(record: VnptSystem): Observation[] {
  const { value: status, rawCode } = mapCode(statusCodes, record.status);
  const base = {
    kind: 'deployment',
    key: { province: record.provinceCode, system: record.systemCode },
    observedAt: record.updatedAt,
    detail: markerDetail(record._sandbox),
  } as const;
  return [
    ...statements(base, { vendors: [VENDOR, ...record.partners].sort() }, { note: record.note ?? undefined }),
    ...statements({ ...base, detail: { ...base.detail, ...(rawCode !== undefined && { rawCode }) } }, { status }),
  ];
}

export function mapHealth(record: VnptHealth): Observation[] {
  const { uptimePercent, cpuPercent, memoryPercent, trafficMbps, alerts } = record;
  return [
    {
      class: 'measurement',
      kind: 'serviceHealth',
      key: { province: record.provinceCode, system: record.systemCode, vendor: VENDOR },
      measuredAt: record.measuredAt,
      values: { uptimePercent, cpuPercent, memoryPercent, trafficMbps, alerts },
      detail: markerDetail(record._sandbox),
    },
  ];
}
