import type { Json } from '../../schema/kinds/fact-kind.ts';
import { loadProvinces } from '../../seeds/facts.ts';
import { vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import {
  recordsAt,
  type SandboxAnswer,
  type SandboxMoment,
  type SandboxRequest,
  type SandboxUpstream,
} from '../kit/sandbox/upstream.ts';
import { vendorStandIn } from '../kit/sandbox/vendor-stand-in.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { statusCodes } from './contract.ts';
import { changesSince, deltaToken, type Entity, readDeltaToken } from './delta-token.ts';

const VENDOR = 'BT';
const words = wordsOf(statusCodes);
const systemRecords = recordsAt(['value'], {
  textField: 'GhiChu',
  statusField: 'TinhTrang',
  retyped: ['DonViCungVanHanh', 'VNPT'],
});
const healthRecords = recordsAt(['value'], { textField: 'GhiChu', retyped: ['SoCanhBao', 'nhiều'] });

export const btStandIn = vendorStandIn({
  id: 'bt',
  name: 'BT',
  credentials: ['username', 'password'],
  create: (_account, { username = '', password = '' }, { seed }) =>
    createBtSandbox(username, password, ({ now }) => systems(now, seed), seed),
  everySeconds: 15,
  ttl: 'PT10M',
  config: { refreshMinutes: 5 },
});

/**
 * The stand-in of BT: Basic, and OData with next links and delta links. `list` gives the systems that there are. What a
 * client has been given stands in its delta link, so the stand-in remembers nothing.
 */
export function createBtSandbox(
  username: string,
  password: string,
  list: (moment: SandboxMoment) => readonly Entity[],
  seed: number,
): SandboxUpstream {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return {
    id: 'bt',
    connector: 'bt',
    prefix: '/bt',
    isSignIn: () => false,
    killSessions: () => undefined,
    errorInside: () => ({ error: { code: 'InternalError', message: 'Đã xảy ra lỗi.' } }),
    recodeSuccess: (body) => ({ ...(body as object), '@odata.count': String((body as Entity)['@odata.count']) }),
    withoutEnd: (body) => ({
      ...(body as object),
      '@odata.count': 1_000_000,
      '@odata.nextLink': '/bt/odata/v4/HeThong?$skiptoken=0',
    }),
    answer(request, moment): SandboxAnswer {
      if (request.headers.authorization !== authorization) return refuse(401, 'Unauthorized');
      if (request.path === '/odata/v4/HeThong') return answerSystems(request, moment, list(moment));
      if (request.path === '/odata/v4/SucKhoe') {
        const rows = moment.arrange(healthRows(request, moment.now, seed));
        return { ...page(request, rows, () => ({})), records: healthRecords };
      }
      return refuse(404, 'NotFound');
    },
  };
}

const refuse = (status: number, code: string): SandboxAnswer => ({ status, body: { error: { code, message: code } } });

function answerSystems(
  request: SandboxRequest,
  { arrange, now }: SandboxMoment,
  held: readonly Entity[],
): SandboxAnswer {
  const token = request.query.get('$deltatoken');
  const given = token === null ? {} : readDeltaToken(token, now);
  if (!given) return refuse(410, 'DeltaLinkExpired');
  const { entities, removed, known } = changesSince(given, arrange(held), held);
  const gone = removed.map((id) => ({ '@removed': { reason: 'deleted' }, '@id': `HeThong('${id}')` }));
  const delta = (host: string) => ({
    '@odata.deltaLink': `${host}/bt/odata/v4/HeThong?$count=true&$deltatoken=${deltaToken(known, now)}`,
  });
  return { ...page(request, [...entities, ...gone], delta), records: systemRecords };
}

/** A page of the list; `atEnd` gives what stands on the last one. */
function page(request: SandboxRequest, list: readonly Entity[], atEnd: (host: string) => Entity): SandboxAnswer {
  const size = Number(/odata\.maxpagesize=(\d+)/.exec(request.headers.prefer ?? '')?.[1] ?? 100);
  const skipped = Number(request.query.get('$skiptoken') ?? 0);
  const host = `http://${request.headers.host ?? ''}`;
  const query = new URLSearchParams(request.query);
  query.set('$skiptoken', String(skipped + size));
  const isLast = skipped + size >= list.length;
  const body = {
    '@odata.context': `${host}/bt/odata/v4/$metadata`,
    '@odata.count': list.length,
    value: list.slice(skipped, skipped + size) as Json[],
    ...(isLast ? atEnd(host) : { '@odata.nextLink': `${host}/bt${request.path}?${query}` }),
  };
  return { status: 200, headers: { 'OData-Version': '4.0' }, body };
}

function systems(now: Date, seed: number): readonly Entity[] {
  const names = new Map(loadProvinces().provinces.map(({ code, name }) => [code, name]));
  return vendorSystemsAt(VENDOR, now, seed).map((row) => ({
    Id: `${row.province}-${row.system}`,
    TinhThanh: { Ma: row.province, Ten: names.get(row.province) ?? '' },
    LoaiHeThong: row.system,
    DonViCungVanHanh: [...row.partners],
    TinhTrang: words.get(row.status) ?? '',
    GhiChu: row.note ?? null,
    CapNhat: row.updatedAt.toISOString(),
    SuCoGanNhat: row.incident && {
      MoTa: row.incident.description,
      BatDau: row.incident.openedAt.toISOString(),
      KetThuc: row.incident.closedAt?.toISOString() ?? null,
    },
    _sandbox: { simulated: true, ...(row.document && { document: row.document }) },
  }));
}

function healthRows(request: SandboxRequest, now: Date, seed: number): readonly Entity[] {
  const [, since = ''] = /^DoLuc gt (\S+)$/.exec(request.query.get('$filter') ?? '') ?? [];
  return vendorHealthAt(VENDOR, now, seed, new Date(since)).map((row) => ({
    Id: `${row.province}-${row.system}-${row.measuredAt.getTime()}`,
    TinhThanhMa: row.province,
    LoaiHeThong: row.system,
    DoLuc: row.measuredAt.toISOString(),
    TyLeHoatDong: row.uptimePercent,
    MayChu: { Cpu: row.cpuPercent, BoNho: row.memoryPercent },
    BangThongMbps: row.trafficMbps,
    SoCanhBao: row.alerts,
    GhiChu: null,
    _sandbox: { simulated: true },
  }));
}
