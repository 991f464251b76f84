import { type Incident, incidentRowAt, incidentsOf } from '../../seeds/june/incidents.ts';
import {
  type VendorHealthRow,
  type VendorSystemRow,
  vendorHealthAt,
  vendorSystemsAt,
} from '../../seeds/june/vendors.ts';
import { signDelivery } from '../kit/index.ts';
import { jsonEvent, type SandboxEvent, type SandboxSender } from '../kit/sandbox/sender.ts';
import type { StandIn } from '../kit/sandbox/stand-in.ts';
import { wordsOf } from '../kit/sandbox/words-of.ts';
import { statusCodes } from './contract.ts';
import { VENDOR } from './mapping.ts';
import { SIGNATURE } from './signature.ts';

const words = wordsOf(statusCodes);

export const haproStandIn: StandIn = {
  connector: 'hapro',
  accounts: () => [{ id: 'hapro', path: '/hapro', credentials: { secret: 'HAPRO_SECRET' } }],
  senders: ({ id }, { secret = '' }, { seed }) => [createSender(id, secret, seed)],
  source: () => ({
    name: 'Hapro',
    config: {},
    ttl: 'PT5M',
    // Where it says that it runs a system alone and the appendix names another beside it, the appendix counts first.
    precedence: { default: 30, serviceHealth: 10 },
  }),
  suite: { at: '2025-06-27T12:15:00+07:00', unmoved: [] },
};

/** Hapro's server: tells each change and each morning's health once, and every so often how far its systems are. */
function createSender(source: string, secret: string, seed: number): SandboxSender {
  return {
    source,
    name: source,
    eventsBetween: (since, at) => [
      ...vendorSystemsAt(VENDOR, at, seed)
        .filter(({ updatedAt }) => updatedAt > since)
        .map((row) => statusEvent(row, `tt-${row.province}-${row.system}-${row.updatedAt.getTime()}`)),
      ...vendorHealthAt(VENDOR, at, seed, since).map(healthEvent),
      ...vendorSystemsAt(VENDOR, at, seed)
        .flatMap(({ province, system }) => incidentsOf(province, system, seed))
        .flatMap((incident) => [incident.openedAt, incident.closedAt].map((moment) => ({ incident, moment })))
        .filter(({ moment }) => moment > since && moment <= at)
        .map(({ incident, moment }) => incidentEvent(incident, moment)),
    ],
    reportAt: (at, sentAt) =>
      vendorSystemsAt(VENDOR, at, seed).map((row) =>
        statusEvent(row, `bc-${row.province}-${row.system}-${sentAt.getTime()}`),
      ),
    headersOf: ({ body }, sentAt) => signDelivery(SIGNATURE, secret, { body, timestampMs: sentAt.getTime() }),
  };
}

function statusEvent(row: VendorSystemRow, maSuKien: string): SandboxEvent {
  return jsonEvent(maSuKien, {
    maSuKien,
    loai: 'TRANG_THAI',
    thoiDiem: row.updatedAt.toISOString(),
    maTinh: row.province,
    maHeThong: row.system,
    donViPhoiHop: [...row.partners],
    trangThai: words.get(row.status) ?? '',
    ghiChu: row.note?.normalize('NFD') ?? null,
    _sandbox: { simulated: true, ...(row.document && { document: row.document }) },
  });
}

/** As it begins, or is over. */
function incidentEvent(incident: Incident, at: Date): SandboxEvent {
  const { id, description, openedAt, closedAt } = incidentRowAt(at, incident);
  const maSuKien = `sc-${id}-${at.getTime()}`;
  return jsonEvent(maSuKien, {
    maSuKien,
    loai: 'SU_CO',
    thoiDiem: at.toISOString(),
    maTinh: incident.province,
    maHeThong: incident.system,
    moTa: description.normalize('NFD'),
    batDau: openedAt.toISOString(),
    ketThuc: closedAt?.toISOString() ?? null,
    _sandbox: { simulated: true },
  });
}

function healthEvent(row: VendorHealthRow): SandboxEvent {
  const maSuKien = `sk-${row.province}-${row.system}-${row.measuredAt.getTime()}`;
  return jsonEvent(maSuKien, {
    maSuKien,
    loai: 'SUC_KHOE',
    thoiDiem: row.measuredAt.toISOString(),
    maTinh: row.province,
    maHeThong: row.system,
    tyLeSanSang: row.uptimePercent,
    cpu: row.cpuPercent,
    boNho: row.memoryPercent,
    luuLuongMbps: row.trafficMbps,
    soCanhBao: row.alerts,
    _sandbox: { simulated: true },
  });
}
