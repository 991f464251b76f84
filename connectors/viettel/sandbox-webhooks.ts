import type { Json } from '../../schema/kinds/fact-kind.ts';
import { type Incident, type IncidentRow, incidentRowAt, incidentsOf } from '../../seeds/june/incidents.ts';
import { type VendorSystemRow, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import { signDelivery } from '../kit/index.ts';
import { identified, jsonEvent, type SandboxEvent, type SandboxSender } from '../kit/sandbox/sender.ts';
import { statusCodes } from './contract.ts';
import { WEBHOOK_SIGNATURE } from './webhook.ts';

export const VENDOR = 'VIETTEL';
const codes = new Map<string, number>(
  Object.entries(statusCodes.codes).map(([code, status]) => [status, Number(code)]),
);

/** Viettel's webhooks: what changed since it was last told; what is so, its list says. */
export function createViettelSender(source: string, secret: string, seed: number): SandboxSender {
  return {
    source,
    name: source,
    eventsBetween(since, at) {
      const isNew = (moment: Date): boolean => moment > since && moment <= at;
      const rows = vendorSystemsAt(VENDOR, at, seed);
      const changed = rows
        .filter((row) => isNew(row.updatedAt))
        .map((row) => [row.updatedAt, statusEvent(row)] as const);
      const incidents = rows.flatMap((row) => incidentsOf(row.province, row.system, seed));
      const told = incidents.flatMap((incident) => [
        [incident.openedAt, incidentEvent(incident, 'INCIDENT_OPENED', incident.openedAt)] as const,
        [incident.closedAt, incidentEvent(incident, 'INCIDENT_CLOSED', incident.closedAt)] as const,
      ]);
      return [...changed, ...told.filter(([moment]) => isNew(moment))]
        .sort(([a], [b]) => a.getTime() - b.getTime())
        .map(([, event]) => event);
    },
    reportAt: () => [],
    headersOf: ({ id, body }, sentAt) =>
      signDelivery(WEBHOOK_SIGNATURE, secret, { body, timestampMs: sentAt.getTime(), eventId: id }),
  };
}

/** A system as both the list and the webhooks give it. */
export function systemAt(row: VendorSystemRow): Record<string, Json> {
  return {
    province: row.province,
    system: row.system,
    partners: [...row.partners],
    status: codes.get(row.status) ?? 0,
    note: row.note ?? null,
    updatedAt: row.updatedAt.getTime(),
    incident: row.incident && incidentJson(row.incident),
    _sandbox: { simulated: true, ...(row.document && { document: row.document }) },
  };
}

function incidentJson({ id, description, openedAt, closedAt }: IncidentRow): Json {
  return {
    incidentId: `VT-${id}`,
    description,
    openedAt: openedAt.getTime(),
    closedAt: closedAt?.getTime() ?? null,
    _sandbox: { simulated: true },
  };
}

function statusEvent(row: VendorSystemRow): SandboxEvent {
  const id = `status-${row.province}-${row.system}-${row.updatedAt.getTime()}`;
  const { incident: _toldByItself, ...system } = systemAt(row);
  return identified(jsonEvent(id, { event: 'SYSTEM_STATUS_CHANGED', system }));
}

function incidentEvent(incident: Incident, event: string, at: Date): SandboxEvent {
  const { id, province, system } = incident;
  return jsonEvent(`${event}-VT-${id}`, {
    event,
    province,
    system,
    incident: incidentJson(incidentRowAt(at, incident)),
  });
}
