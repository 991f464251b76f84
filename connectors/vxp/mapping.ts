import type { Observation } from '../../schema/observation.ts';
import { mapCode, reportLink } from '../kit/index.ts';
import { type Message, stateCodes } from './contract.ts';

/** What every message speaks of. */
const TARGET = 'VXP';

export function mapStatus({ edXML }: Message): Observation[] {
  const { edXMLHeader, edXMLBody } = edXML.edXMLEnvelope;
  const { MaTinh: province, MauThu: marker, ...report } = edXMLBody.TinhTrangKetNoi;
  return reportLink({
    province,
    target: TARGET,
    state: mapCode(stateCodes, report.TrangThai),
    latencyMs: report.DoTre,
    lastSuccessAt: report.LanThanhCong,
    note: report.GhiChu,
    observedAt: report.ThoiDiem,
    detail: { ...(marker && { simulated: true }), correlationId: edXMLHeader.MessageHeader.DocumentId },
  });
}
