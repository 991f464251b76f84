import type { Observation } from '../../schema/observation.ts';
import { type MapContext, mapCode, markerDetail, RecordError } from '../kit/index.ts';
import { statementOrRetraction, statements } from '../kit/statements.ts';
import { type Connection, stateCodes } from './contract.ts';

/** What the platform says of one connection. An instance speaks of its own province and of no other. */
export function mapConnection(record: Connection, { config }: MapContext<{ province: string }>): Observation[] {
  const { ProvinceCode: province, CheckedAt: observedAt } = record.dau;
  if (province !== config.province) {
    throw new RecordError(`it speaks of province ${province}, but is read for ${config.province}`, 'dau.ProvinceCode');
  }
  const { value: state, rawCode } = mapCode(stateCodes, record.TrangThai);
  const detail = markerDetail(record._sandbox);
  const base = { kind: 'link', key: { province, target: record.TargetCode }, observedAt, detail } as const;
  return [
    ...statements({ ...base, detail: { ...detail, ...(rawCode !== undefined && { rawCode }) } }, { state }),
    statementOrRetraction(base, 'latencyMs', record.LatencyMs ?? undefined),
    statementOrRetraction(base, 'lastSuccessAt', record.LastSuccess?.toISOString()),
    statementOrRetraction(base, 'detail', record.Detail || undefined),
  ];
}
