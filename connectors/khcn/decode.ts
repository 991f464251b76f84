import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { ConnectorError } from '../kit/connector-error.ts';

const readinessFrame = z.object({
  ngay: z.string(),
  lanDinhChinh: z.unknown(),
  thoiDiem: z.unknown(),
  soTieuChi: z.number().int(),
  tieuChi: z.array(z.record(z.string(), z.unknown())),
});

const deploymentsFrame = z.object({
  ngayBaoCao: z.string(),
  soDong: z.number().int(),
  phuLuc: z.array(z.record(z.string(), z.unknown())),
  tongHop: z.object({
    donVi: z.array(z.record(z.string(), z.unknown())),
    suyRa: z.array(z.record(z.string(), z.unknown())).default([]),
    moDau: z.array(z.record(z.string(), z.unknown())).default([]),
  }),
});

/**
 * A day's report as parts: one for the count of each criterion, one for each province under it. Throws a retryable error
 * where criteria are missing from it.
 */
export function decodeReadiness(body: Json): unknown[] {
  const report = readinessFrame.parse(body);
  if (report.tieuChi.length !== report.soTieuChi) throw short(report.soTieuChi, report.tieuChi.length);
  const dau = { ngay: report.ngay, lanDinhChinh: report.lanDinhChinh, thoiDiem: report.thoiDiem };
  return report.tieuChi.flatMap((criterion) => {
    const { tinhThanh, ...rest } = criterion;
    const count = { phan: 'tong', dau, ...rest };
    // Kept whole where it is no list: the contract then rejects it with its content.
    if (!Array.isArray(tinhThanh)) return [count, { phan: 'tinh', dau, tieuChi: criterion.ma, tinhThanh }];
    const provinces = tinhThanh.map((province: unknown) => ({
      phan: 'tinh',
      dau,
      tieuChi: criterion.ma,
      _sandbox: criterion._sandbox,
      ...(province as object),
    }));
    return [count, ...provinces];
  });
}

/** The report on deployments as parts: appendix, summary, what follows from the summary, opening sentences. */
export function decodeDeployments(body: Json): unknown[] {
  const report = deploymentsFrame.parse(body);
  if (report.phuLuc.length !== report.soDong) throw short(report.soDong, report.phuLuc.length);
  const { ngayBaoCao } = report;
  const as = (phan: string) => (row: object) => ({ phan, ngayBaoCao, ...row });
  return [
    ...report.phuLuc.map(as('phuLuc')),
    ...report.tongHop.donVi.map(as('tongHop')),
    ...report.tongHop.suyRa.map(as('suyRa')),
    ...report.tongHop.moDau.map(as('moDau')),
  ];
}

function short(promised: number, came: number): ConnectorError {
  return ConnectorError.of(
    'system',
    `The Ministry's report is short: it promises ${promised} entries and has ${came}.`,
  );
}
