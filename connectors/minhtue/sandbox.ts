import { gzipSync } from 'node:zlib';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { dayOf, MINUTE_MS, momentOn } from '../../seeds/june/moments.ts';
import { lastChangeOf, vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { encodeJson } from '../kit/sandbox/encode-body.ts';
import { zonedText } from '../kit/sandbox/local-text.ts';
import type {
  EncodedBody,
  RecordsInBody,
  SandboxAnswer,
  SandboxMoment,
  SandboxRequest,
  SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { vendorStandIn } from '../kit/sandbox/vendor-stand-in.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { statusCodes } from './contract.ts';

type Line = Record<string, Json>;

const VENDOR = 'MINHTUE';
/** How long the file of health is being written each day, up to 08:00. */
const WRITING_MS = 5 * MINUTE_MS;
/** On this day the process that writes it died in the middle of a line, and the next one wrote that line anew. */
const CUT_ON = '2025-06-28';
const words = wordsOf(statusCodes);
const systemRecords = linesOf({ textField: 'ghiChu', statusField: 'tinhTrang', retyped: ['luc', 20250627] });
const healthRecords = linesOf({ textField: 'ghiChu', retyped: ['canhBao', 'nhiều'] });

export const minhtueStandIn = vendorStandIn({
  id: 'minhtue',
  name: 'Minh Tuệ',
  create: (_account, _secrets, { seed }) => createMinhTueSandbox(seed),
  everySeconds: 15,
  habits: ['nfd'],
  unmoved: ['page-repeated', 'endless-next', 'error-code-type'],
});

/** The stand-in of Minh Tuệ on its intranet: files of JSON Lines, packed with gzip, that say when they were changed. */
function createMinhTueSandbox(seed: number): SandboxUpstream {
  return {
    id: 'minhtue',
    connector: 'minhtue',
    prefix: '/minhtue',
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({ loi: 'O_DIA_DAY' }),
    recodeSuccess: (body) => body,
    // A file has no next page to go on to.
    withoutEnd: (body) => body,
    answer(request, moment): SandboxAnswer {
      if (request.path === '/xuat/he-thong.jsonl') {
        const rows = vendorSystemsAt(VENDOR, moment.now, seed);
        const changedAt = new Date(Math.max(...rows.map((row) => lastChangeOf(row).getTime())));
        return file(request, moment, rows.map(systemLine), changedAt, systemRecords);
      }
      if (request.path === '/xuat/suc-khoe.jsonl') return healthFile(request, moment, seed);
      return { status: 404, body: { loi: 'KHONG_CO_TEP' } };
    },
  };
}

function healthFile(request: SandboxRequest, moment: SandboxMoment, seed: number): SandboxAnswer {
  const { now } = moment;
  const lines = vendorHealthAt(VENDOR, now, seed).map(healthLine);
  const writtenAt = momentOn(dayOf(now), '08:00');
  const leftMs = writtenAt.getTime() - now.getTime();
  const [coming] = vendorHealthAt(VENDOR, writtenAt, seed, now);
  if (coming && leftMs > 0 && leftMs <= WRITING_MS) {
    const beginning = JSON.stringify(healthLine(coming)).slice(0, 60);
    return file(request, moment, [...lines, beginning], now, healthRecords);
  }
  const last = lines.at(-1);
  const changedAt = new Date(String(last?.luc ?? now.toISOString()));
  const cutAt = lines.findIndex(({ luc }) => dayOf(new Date(String(luc))) === CUT_ON);
  const cut = cutAt < 0 ? [] : [JSON.stringify(lines[cutAt]).slice(0, 60)];
  const written = cutAt < 0 ? lines : [...lines.slice(0, cutAt), ...cut, ...lines.slice(cutAt)];
  return file(request, moment, written, changedAt, healthRecords);
}

/** A text is written as it is; as the last line it is what of a line has been written so far, and the file is not closed. */
function file(
  request: SandboxRequest,
  { arrange }: SandboxMoment,
  lines: readonly (Line | string)[],
  changedAt: Date,
  records: RecordsInBody,
): SandboxAnswer {
  const isClosed = typeof lines.at(-1) !== 'string';
  const arranged = isClosed ? arrange(lines) : lines;
  const isAsWritten = arranged.length === lines.length;
  const validator: Record<string, string> = isAsWritten ? { 'Last-Modified': changedAt.toUTCString() } : {};
  if (isAsWritten && request.headers['if-modified-since'] === changedAt.toUTCString()) {
    return { status: 304, headers: validator };
  }
  const body: Json[] = [...arranged, ...(isClosed ? [{ ketThuc: true, soDong: arranged.length }] : [])];
  return { status: 200, headers: { ...validator, 'Content-Encoding': 'gzip' }, body, records, encode: encodeLines };
}

function encodeLines(body: Json): EncodedBody {
  const isFile = Array.isArray(body);
  const end = isFile && typeof body.at(-1) === 'string' ? '' : '\n';
  const lines = isFile ? body.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))) : [];
  const { type, payload } = isFile ? { type: 'application/jsonl', payload: lines.join('\n') + end } : encodeJson(body);
  return { type, payload: gzipSync(payload) };
}

function linesOf(fields: Pick<RecordsInBody, 'textField' | 'statusField' | 'retyped'>): RecordsInBody {
  const isRecord = (line: Json): boolean => typeof line === 'object' && line !== null && !('ketThuc' in line);
  return {
    ...fields,
    get: (body) => (body as Json[]).filter(isRecord),
    set: (body, records) => [...records, ...(body as Json[]).filter((line) => !isRecord(line))],
  };
}

function systemLine(row: ReturnType<typeof vendorSystemsAt>[number]): Line {
  return {
    cua: { tinh: row.province, heThong: row.system },
    phoiHop: [...row.partners],
    tinhTrang: words.get(row.status) ?? '',
    ghiChu: row.note?.normalize('NFD') ?? null,
    luc: zonedText(row.updatedAt),
    suCo: row.incident && {
      moTa: row.incident.description.normalize('NFD'),
      tu: zonedText(row.incident.openedAt),
      ...(row.incident.closedAt && { den: zonedText(row.incident.closedAt) }),
    },
    _sandbox: { simulated: true, ...(row.document && { document: row.document }) },
  };
}

function healthLine(row: ReturnType<typeof vendorHealthAt>[number]): Line {
  return {
    cua: { tinh: row.province, heThong: row.system },
    luc: zonedText(row.measuredAt),
    hoatDong: row.uptimePercent,
    dinh: { cpu: row.cpuPercent, ram: row.memoryPercent, mbps: row.trafficMbps },
    canhBao: row.alerts,
    ghiChu: null,
    _sandbox: { simulated: true },
  };
}
