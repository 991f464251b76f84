import type { Observation, ObservationDetail } from '../../schema/observation.ts';
import { mapCode, markerDetail, unmappedDetail } from '../kit/index.ts';
import { statements } from '../kit/statements.ts';
import { type DeploymentPart, type ReadinessPart, STATUS_UNSTATED, statusCodes } from './contract.ts';

/** The report's list of provinces is its main voice; its own counts are another, and its opening sentences a third. */
export const SUMMARY_VOICE = 'summary';
export const OPENING_VOICE = 'opening';

/** The report covers its day up to the end of reporting, 17:00 local time. */
const reportedAt = (day: string): Date => new Date(`${day}T17:00:00+07:00`);

export function mapReadiness(part: ReadinessPart): Observation[] {
  const { thoiDiem: observedAt, lanDinhChinh: revision } = part.dau;
  if (part.phan === 'tong') {
    const detail = markerDetail(part._sandbox?.tong);
    return statements(
      { kind: 'criterionCount', key: { criterion: part.ma }, observedAt, revision, voice: SUMMARY_VOICE, detail },
      { completedCount: part.hoanThanh, total: part.tongSo },
      { deltaSinceYesterday: part.tangSoVoiHomTruoc ?? undefined },
    );
  }
  const key = { province: part.tinh, criterion: part.tieuChi };
  const difficulties = part.vuongMac?.map(({ loai, noiDung }) => ({ category: loai, text: noiDung }));
  return statements(
    { kind: 'readiness', key, observedAt, revision, detail: markerDetail(part._sandbox?.tinh) },
    { completed: part.daHoanThanh },
    { difficulties },
  );
}

export function mapDeployment(part: DeploymentPart): Observation[] {
  const observedAt = reportedAt(part.ngayBaoCao);
  const detail = markerDetail(part._sandbox);
  switch (part.phan) {
    case 'phuLuc':
      return mapAppendix(part, observedAt, detail);
    case 'tongHop': {
      const key = { system: part.heThong, vendor: part.donVi };
      const base = { observedAt, voice: SUMMARY_VOICE, detail };
      return [
        ...statements(
          { ...base, kind: 'vendorCount', key },
          { count: part.so, total: part.tong },
          { percent: part.tyLe ?? undefined },
        ),
        ...part.tinh.flatMap((province) =>
          statements(
            { ...base, kind: 'deployment', key: { province, system: part.heThong } },
            { vendors: [part.donVi] },
          ),
        ),
      ];
    }
    case 'suyRa': {
      const key = { province: part.tinh, system: part.heThong };
      return statements(
        { kind: 'deployment', key, observedAt, voice: SUMMARY_VOICE, detail: { ...detail, inferred: true } },
        { vendors: [...part.donVi].sort() },
      );
    }
    case 'moDau': {
      const key = { system: part.heThong, vendor: part.donVi };
      return statements({ kind: 'vendorCount', key, observedAt, voice: OPENING_VOICE, detail }, { count: part.so });
    }
  }
}

/** A system whose status is not stated has none claimed: the report does not speak of it. */
function mapAppendix(
  part: Extract<DeploymentPart, { phan: 'phuLuc' }>,
  observedAt: Date,
  detail: ObservationDetail,
): Observation[] {
  const base = { kind: 'deployment', key: { province: part.tinh, system: part.heThong }, observedAt, detail } as const;
  const former = part.donViTruoc ?? [];
  const status = part.tinhTrang === STATUS_UNSTATED ? undefined : mapCode(statusCodes, part.tinhTrang);
  return [
    ...statements(
      base,
      { vendors: [...part.donVi].sort() },
      { formerVendors: former.length > 0 ? [...former].sort() : undefined },
      { note: part.ghiChu ?? undefined },
      { difficulty: part.khoKhan ?? undefined },
    ),
    ...(status
      ? statements({ ...base, detail: { ...detail, ...unmappedDetail(status) } }, { status: status.value })
      : []),
  ];
}
