import { createHash } from 'node:crypto';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { DOCUMENTS, loadDeployments, loadReadiness } from '../../seeds/facts.ts';
import { contentOf, publishedEdition } from '../../seeds/june/reports.ts';
import { openingCounts, summaryResidual } from '../../seeds/summary.ts';
import type { StandIn } from '../kit/sandbox/stand-in.ts';
import {
  recordsAt,
  type SandboxAnswer,
  type SandboxDependencies,
  type SandboxMoment,
  type SandboxRequest,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { STATUS_UNSTATED, statusCodes } from './contract.ts';

const reportRecords = recordsAt(['tieuChi'], { textField: 'ten', retyped: ['tinhThanh', 'nhiều'] });
const appendixRecords = recordsAt(['phuLuc'], { textField: 'ghiChu', statusField: 'tinhTrang', retyped: ['donVi', 7] });

export const khcnStandIn: StandIn = {
  connector: 'khcn',
  accounts: () => [{ id: 'khcn', path: '/khcn', credentials: { apiKey: 'KHCN_API_KEY' } }],
  create: (_account, { apiKey = '' }, dependencies) => createKhcnSandbox(dependencies, { apiKey }),
  source: (_account, baseUrl) => ({
    name: 'Báo cáo của Bộ Khoa học và Công nghệ',
    config: { baseUrl },
    schedule: { everySeconds: 5, jitterSeconds: 1 },
    ttl: 'PT10M',
    precedence: { default: 10 },
    voices: {
      summary: { name: 'Phần tổng hợp của báo cáo', precedence: { default: 40 }, ttl: 'PT10M' },
      opening: { name: 'Câu mở đầu của báo cáo', precedence: { default: 50 }, ttl: 'PT10M' },
    },
  }),
  suite: {
    at: '2025-06-27T12:15:00+07:00',
    unmoved: ['session-dies', 'page-repeated', 'endless-next'],
    habits: ['nfd'],
    // A criterion whose list of provinces is broken is about all of them.
    keyOf: ({ tieuChi, ma, tinh, heThong, province, system }) => ({
      criterion: tieuChi ?? ma,
      province: tinh ?? province,
      system: heThong ?? system,
    }),
  },
};

/** The stand-in of the Ministry's reports: a key, one document a day, ETags, corrections and a day that comes late. */
function createKhcnSandbox({ seed }: SandboxDependencies, credentials: { readonly apiKey: string }): SandboxUpstream {
  return {
    id: 'khcn',
    connector: 'khcn',
    prefix: '/khcn',
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({ maLoi: 99, thongBao: 'Lỗi hệ thống' }),
    recodeSuccess: (body) => ({ ...(body as object), maLoi: '00' }),
    // One document has no next page to go on to.
    withoutEnd: (body) => body,
    answer(request, moment) {
      if (request.headers['x-api-key'] !== credentials.apiKey) {
        return { status: 401, body: { maLoi: 'KHOA_SAI', thongBao: 'Khóa không hợp lệ' } };
      }
      if (request.method === 'GET' && request.path === '/bao-cao') return readinessReport(request, moment, seed);
      if (request.method === 'GET' && request.path === '/trien-khai') return deploymentsReport(request, moment);
      return { status: 404, body: { maLoi: 'KHONG_CO', thongBao: 'Không có dịch vụ này' } };
    },
  };
}

function readinessReport(request: SandboxRequest, { now, arrange }: SandboxMoment, seed: number): SandboxAnswer {
  const day = request.query.get('ngay') ?? '';
  const edition = publishedEdition(day, now);
  if (!edition) return { status: 404, body: { maLoi: 'CHUA_CONG_BO', thongBao: `Chưa có báo cáo ngày ${day}` } };
  const { readiness, counts } = contentOf(edition, seed);
  const names = new Map(loadReadiness().criteria.map(({ id, name }) => [id, name]));
  const criteria = counts.map(({ criterion, completedCount, total, deltaSinceYesterday, ...count }) => {
    const rows = readiness.filter((row) => row.criterion === criterion);
    const [first] = rows;
    return {
      ma: criterion,
      // Decomposed, as some of these systems write Vietnamese.
      ten: names.get(criterion)?.normalize('NFD') ?? null,
      hoanThanh: completedCount,
      tongSo: total,
      tangSoVoiHomTruoc: deltaSinceYesterday ?? null,
      tinhThanh: rows.map((row) => ({
        tinh: row.province,
        daHoanThanh: row.completed,
        ...(row.difficulties && {
          vuongMac: row.difficulties.map(({ category, text }) => ({ loai: category, noiDung: text })),
        }),
      })),
      _sandbox: {
        tong: marker(count.document, count.simulated, count.inferred),
        tinh: marker(first?.document, first?.simulated ?? true, false),
      },
    };
  });
  const tieuChi = [...arrange<Json>(criteria)];
  const body = {
    maLoi: 0,
    ngay: day,
    lanDinhChinh: edition.revision,
    thoiDiem: edition.at.toISOString(),
    soTieuChi: tieuChi.length,
    tieuChi,
  };
  return withEtag(request, { status: 200, body, records: reportRecords });
}

function deploymentsReport(request: SandboxRequest, { arrange }: SandboxMoment): SandboxAnswer {
  const facts = loadDeployments();
  const words = wordsOf(statusCodes);
  const _sandbox = marker(DOCUMENTS.deployments, false, false);
  const phuLuc = arrange(facts.deployments).map((row) => ({
    tinh: row.province,
    heThong: row.system,
    donVi: [...row.vendors],
    donViTruoc: [...row.formerVendors],
    tinhTrang: words.get(row.status) ?? STATUS_UNSTATED,
    ghiChu: row.note,
    khoKhan: row.difficulty,
    _sandbox,
  }));
  const body = {
    maLoi: 0,
    ngayBaoCao: facts.reportDate,
    soDong: phuLuc.length,
    phuLuc,
    tongHop: {
      donVi: facts.summaryClaims.map((claim) => ({
        heThong: claim.system,
        donVi: claim.vendor,
        so: claim.claimedCount,
        tong: claim.of,
        tyLe: claim.claimedPercent,
        tinh: [...claim.namedProvinces],
        _sandbox,
      })),
      suyRa: summaryResidual.map(({ system, province, vendors }) => ({
        heThong: system,
        tinh: province,
        donVi: [...vendors],
        _sandbox: marker(DOCUMENTS.deployments, false, true),
      })),
      moDau: openingCounts.map(({ system, vendor, count }) => ({
        heThong: system,
        donVi: vendor,
        so: count,
        _sandbox,
      })),
    },
  };
  return withEtag(request, { status: 200, body, records: appendixRecords });
}

function withEtag(request: SandboxRequest, answer: SandboxAnswer): SandboxAnswer {
  const hash = createHash('sha256').update(JSON.stringify(answer.body)).digest('base64url').slice(0, 22);
  const etag = `"${hash}"`;
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: { ETag: etag } };
  return { ...answer, headers: { ETag: etag } };
}

function marker(document: string | undefined, simulated: boolean, inferred: boolean): Json {
  return { ...(document && { document }), ...(simulated && { simulated }), ...(inferred && { inferred }) };
}
