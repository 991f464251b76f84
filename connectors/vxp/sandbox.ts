import type { Json } from '../../schema/kinds/fact-kind.ts';
import { documentAxisReadings, type LinkReading } from '../../seeds/june/links.ts';
import { formatLocalTime } from '../kit/index.ts';
import { encodeJson } from '../kit/sandbox/encode-body.ts';
import { encodeXml } from '../kit/sandbox/encode-xml.ts';
import type { StandIn } from '../kit/sandbox/stand-in.ts';
import {
  parseObject,
  type RecordsInBody,
  recordsAt,
  type SandboxAnswer,
  type SandboxMoment,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { NAMESPACE, stateCodes } from './contract.ts';

const words = wordsOf(stateCodes);
const listed = recordsAt(['data'], { textField: 'from', retyped: ['created_time', 7] });
const asXml = encodeXml({ namespace: NAMESPACE, prefix: 'edXML', cdata: ['GhiChu'] });

/** Made up in the manner of agency codes. */
const organOf = (province: string): string => `000.00.${province}.H${province}`;

interface Waiting extends LinkReading {
  /** The province's own number of the document. */
  readonly documentId: string;
  /** Of this delivery. */
  readonly messageId: string;
}

export const vxpStandIn: StandIn = {
  connector: 'vxp',
  accounts: () => [{ id: 'vxp', path: '/vxp', credentials: { systemId: 'VXP_SYSTEM_ID', secret: 'VXP_SECRET' } }],
  create: (_account, { systemId = '', secret = '' }, { seed }) => createVxpSandbox(seed, systemId, secret),
  source: (_account, baseUrl) => ({
    name: 'Trục liên thông văn bản quốc gia',
    config: { baseUrl },
    schedule: { everySeconds: 10, jitterSeconds: 2 },
    // A province reports when something changes, which may be hours of the sandbox's clock.
    ttl: 'PT10M',
    precedence: { default: 20 },
  }),
  suite: { at: '2025-06-27T12:15:00+07:00', unmoved: ['session-dies'], repeats: true },
};

/**
 * The stand-in of the axis: the newest report of each province waits to be listed, and once it is listed until it is
 * acknowledged; one that is acknowledged as failed is sent again by the province as a new message.
 */
function createVxpSandbox(seed: number, systemId: string, secret: string): SandboxUpstream {
  const done = new Set<string>();
  /** What stood in a list, by document: no newer report takes its place. */
  const listedOnce = new Map<string, LinkReading>();
  /** A client that went away may still tell something; that is not taken for the next one's word. */
  let forgotten = 0;
  /** By document. */
  const failures = new Map<string, number>();

  const waitingAt = (now: Date): Waiting[] =>
    [...new Map([...listedOnce, ...documentAxisReadings(now, seed).map((one) => [documentIdOf(one), one] as const)])]
      .filter(([documentId]) => !done.has(documentId))
      .map(([documentId, reading]) => {
        const delivery = (failures.get(documentId) ?? 0) + 1;
        return { ...reading, documentId, messageId: `${documentId}.${forgotten}.${delivery}` };
      });

  const list = (asked: Record<string, Json>, moment: SandboxMoment): SandboxAnswer => {
    const waiting = waitingAt(moment.now);
    if (!moment.isClockOff) for (const one of waiting) listedOnce.set(one.documentId, one);
    return listOf(waiting, asked, moment);
  };

  const acknowledge = (id: string, status: Json | undefined, now: Date): SandboxAnswer => {
    const message = waitingAt(now).find(({ messageId }) => messageId === id);
    if (status !== 'done' && status !== 'fail') return refuse(400, '3', 'Trạng thái không hợp lệ');
    // One that was acknowledged already is no fault.
    if (message && status === 'done') {
      done.add(message.documentId);
      listedOnce.delete(message.documentId);
    }
    if (message && status === 'fail') failures.set(message.documentId, (failures.get(message.documentId) ?? 0) + 1);
    return { status: 200, body: { status: 'OK', ErrorCode: 0, ErrorDesc: '' } };
  };

  return {
    id: 'vxp',
    connector: 'vxp',
    prefix: '/vxp',
    isSignIn: () => false,
    killSessions: () => undefined,
    forget() {
      done.clear();
      listedOnce.clear();
      failures.clear();
      forgotten += 1;
    },
    errorInside: () => ({ status: 'FAIL', ErrorCode: 99, ErrorDesc: 'Lỗi hệ thống' }),
    recodeSuccess: (body) => ('ErrorCode' in (body as object) ? { ...(body as object), ErrorCode: '00' } : body),
    withoutEnd: (body) =>
      'data' in (body as object) ? { ...(body as object), totalPages: 1_000_000, total: 50_000_000 } : body,
    answer(request, moment): SandboxAnswer {
      if (request.headers['x-system-id'] !== systemId || request.headers['x-secret'] !== secret) {
        return refuse(401, '1', 'Sai mã hệ thống hoặc mã bí mật');
      }
      const asked = parseObject(request.body);
      if (request.path === '/VXPAdapter/getReceivedEdocList') return list(asked, moment);
      if (request.path === '/VXPAdapter/getEdoc') {
        const message = waitingAt(moment.now).find(({ messageId }) => messageId === asked.docId);
        return message ? messageOf(message) : refuse(200, '4', 'Văn bản không tồn tại');
      }
      if (request.path === '/VXPAdapter/updateStatus')
        return acknowledge(String(asked.docid), asked.status, moment.now);
      return refuse(404, '2', 'Dịch vụ không tồn tại');
    },
  };
}

const documentIdOf = ({ province, readAt }: LinkReading): string => `${province}-${formatLocalTime(readAt)}-TTKN`;

const refuse = (status: number, ErrorCode: string, ErrorDesc: string): SandboxAnswer => ({
  status,
  body: { status: 'FAIL', ErrorCode, ErrorDesc },
});

function listOf(waiting: readonly Waiting[], asked: Record<string, Json>, { arrange }: SandboxMoment): SandboxAnswer {
  const list = arrange(waiting);
  const size = Number(asked.pageSize);
  const page = Number(asked.pageIndex);
  const data = list.slice((page - 1) * size, page * size).map(({ messageId, province, readAt }) => ({
    id: messageId,
    from: organOf(province),
    created_time: readAt.toISOString(),
  }));
  const frame = { pageIndex: page, totalPages: Math.ceil(list.length / size), total: list.length };
  return { status: 200, body: { status: 'OK', ErrorCode: 0, ErrorDesc: '', ...frame, data }, records: listed };
}

function messageOf({ documentId, messageId, province, readAt, ...reading }: Waiting): SandboxAnswer {
  const TinhTrangKetNoi = {
    MaTinh: province,
    TrangThai: words.get(reading.state) ?? '',
    DoTre: reading.latencyMs === undefined ? '' : String(reading.latencyMs),
    LanThanhCong: reading.lastSuccessAt?.toISOString() ?? '',
    ThoiDiem: readAt.toISOString(),
    GhiChu: reading.detail ?? '',
    MauThu: { '@simulated': 'true' },
  };
  const MessageHeader = {
    From: { OrganId: organOf(province) },
    To: { OrganId: '000.00.00.G22' },
    DocumentId: documentId,
    MessageId: messageId,
    Subject: 'Báo cáo tình trạng kết nối trục liên thông văn bản',
  };
  const body = { edXML: { edXMLEnvelope: { edXMLHeader: { MessageHeader }, edXMLBody: { TinhTrangKetNoi } } } };
  const encode = (spoiled: Json) => ('edXML' in (spoiled as object) ? asXml(spoiled) : encodeJson(spoiled));
  return { status: 200, body, encode, records: reported };
}

interface Body {
  readonly edXML: { readonly edXMLEnvelope: { readonly edXMLBody: { readonly TinhTrangKetNoi: Json } } & object };
}

/** The one report in a message; a fault that leaves none leaves it empty. */
const reported: RecordsInBody = {
  get: (body) => [(body as unknown as Body).edXML.edXMLEnvelope.edXMLBody.TinhTrangKetNoi],
  set: (body, [TinhTrangKetNoi = {}]) => {
    const { edXMLEnvelope } = (body as unknown as Body).edXML;
    return { edXML: { edXMLEnvelope: { ...edXMLEnvelope, edXMLBody: { TinhTrangKetNoi } } } } as unknown as Json;
  },
  textField: 'GhiChu',
  statusField: 'TrangThai',
  retyped: ['DoTre', { so: '12' }],
};
