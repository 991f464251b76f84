import { expect } from '@jest/globals';
import type { Measurement } from '../../schema/observation.ts';
import { loadDeployments, loadProvinces } from '../../seeds/facts.ts';
import { coverageAt } from '../../seeds/june/coverage.ts';
import { type DossierRow, dossiersOf } from '../../seeds/june/dossiers.ts';
import { provinceLinksAt } from '../../seeds/june/links.ts';
import { DAY_MS, dayOf, JUNE_START, momentOn } from '../../seeds/june/moments.ts';
import { contentOf, reportEditions } from '../../seeds/june/reports.ts';
import { SELF, type VendorHealthRow, vendorHealthAt, vendorSystemsAt } from '../../seeds/june/vendors.ts';
import type { Database } from '../../src/database/open-database.ts';
import { askHub } from './hub-process.ts';

interface Code {
  readonly code: string;
}
interface ProvinceState {
  readonly code: string;
  readonly deployments: readonly {
    system: Code;
    vendors: readonly Code[];
    status: string | null;
    note: string | null;
  }[];
  readonly readiness: readonly { criterion: Code; completed: boolean | null }[];
  readonly links: readonly { target: Code; state: string | null; latencyMs: number | null }[];
  readonly serviceCoverage: readonly { programme: string; offered: number; required: number }[];
  readonly serviceHealth: readonly { system: Code; vendor: Code; measuredAt: string; uptimePercent: number }[];
}

const QUERY = `query ($code: ID!) { province(code: $code) {
  code
  deployments { system { code } vendors { code } status note }
  readiness { criterion { code } completed }
  links { target { code } state latencyMs }
  serviceCoverage { programme offered required }
  serviceHealth { system { code } vendor { code } measuredAt uptimePercent } } }`;

const sorted = <Row>(rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

/** Of every vendor and of those who run their systems themselves. */
const runners: readonly string[] = [
  ...new Set(loadDeployments().deployments.flatMap((deployment) => deployment.vendors)),
];
/** Provinces tell how far their own systems are, not how these do. */
const measurers = runners.filter((vendor) => vendor !== SELF);

/** What the stand-ins hold of a province at a moment, by the functions that they answer from, as a hub should tell it. */
function heldOf(province: string, at: Date, seed: number) {
  const systems = new Map(
    runners.flatMap((vendor) =>
      vendorSystemsAt(vendor, at, seed).map((row) => [`${vendor} ${row.province} ${row.system}`, row] as const),
    ),
  );
  const report = reportEditions.findLast(({ publishedAt }) => publishedAt <= at);
  return {
    deployments: loadDeployments()
      .deployments.filter((deployment) => deployment.province === province)
      .map(({ system, vendors, note }) => {
        const told = systems.get(`${vendors[0]} ${province} ${system}`);
        return { system, vendors: [...vendors].sort(), status: told?.status, note: note ?? told?.note ?? null };
      }),
    readiness: (report ? contentOf(report, seed).readiness : [])
      .filter((row) => row.province === province)
      .map(({ criterion, completed }) => ({ criterion, completed })),
    links: provinceLinksAt(at, seed, province, 'lgsp').map(({ target, state, latencyMs }) => ({
      target,
      state,
      latencyMs: latencyMs ?? null,
    })),
    coverage: coverageAt(at, seed)
      .filter((row) => row.province === province)
      .map(({ programme, offered, required }) => ({ programme, offered, required })),
    health: latestHealth(at, seed)
      .filter((row) => row.province === province)
      .map(({ system, vendor, measuredAt, uptimePercent }) => ({
        system,
        vendor,
        measuredAt: measuredAt.toISOString(),
        uptimePercent,
      })),
  };
}

function toldOf(state: ProvinceState): ReturnType<typeof heldOf> {
  return {
    deployments: state.deployments.map(({ system, vendors, status, note }) => ({
      system: system.code as 'TTHC',
      vendors: vendors.map(({ code }) => code).sort(),
      status: (status ?? undefined) as 'READY' | undefined,
      note,
    })),
    readiness: state.readiness.map(({ criterion, completed }) => ({
      criterion: criterion.code,
      completed: completed as boolean,
    })),
    links: state.links.map(({ target, state: link, latencyMs }) => ({
      target: target.code,
      state: link as 'UP',
      latencyMs,
    })),
    coverage: state.serviceCoverage.map(({ programme, offered, required }) => ({
      programme: programme as '25',
      offered,
      required: required as 25,
    })),
    health: state.serviceHealth.map(({ system, vendor, measuredAt, uptimePercent }) => ({
      system: system.code as 'TTHC',
      vendor: vendor.code,
      measuredAt: new Date(measuredAt).toISOString(),
      uptimePercent,
    })),
  };
}

/** How what the hub tells differs from what the stand-ins hold at that moment, province by province; empty: it does not. */
export async function fleetDifferences(address: string, at: Date, seed: number): Promise<string[]> {
  const differences: string[] = [];
  for (const { code } of loadProvinces().provinces) {
    const { province } = await askHub<{ province: ProvinceState }>(address, QUERY, { variables: { code } });
    const held = heldOf(code, at, seed);
    const told = toldOf(province);
    for (const part of Object.keys(held) as (keyof typeof held)[]) {
      const [ours, theirs] = [sorted<unknown>(told[part]), sorted<unknown>(held[part])];
      const extra = ours.filter((row) => !theirs.includes(row)).map((row) => `${code} ${part}: invented ${row}`);
      const missing = theirs.filter((row) => !ours.includes(row)).map((row) => `${code} ${part}: missing ${row}`);
      differences.push(...extra, ...missing);
    }
  }
  return differences;
}

function latestHealth(at: Date, seed: number): (VendorHealthRow & { vendor: string })[] {
  const since = new Date(at.getTime() - DAY_MS);
  return measurers.flatMap((vendor) => vendorHealthAt(vendor, at, seed, since).map((row) => ({ ...row, vendor })));
}

/** A figure that a stand-in holds, and by which source the hub has it. */
export interface HeldFigure {
  readonly id: string;
  readonly source: string;
  readonly observation: Measurement;
}

/**
 * The health and the dossiers of every day, in the store beside what the stand-ins hold: what is missing (of health since
 * `since`), and which rows say what no stand-in ever said.
 */
export async function measurementDifferences(database: Database, at: Date, seed: number, since?: Date) {
  const rows = <Row extends object>(query: string) => database.fork().execute<Row[]>(query);
  const health = await rows<{ id: string }>(
    `select concat_ws(' ', vendor_code, province_code, system_code, extract(epoch from measured_at)::bigint, uptime_percent,
       cpu_percent, memory_percent, traffic_mbps, alerts) as id from service_health`,
  );
  const healthSince = (since?: Date): HeldFigure[] =>
    measurers.flatMap((vendor) => vendorHealthAt(vendor, at, seed, since).map((row) => heldHealth(vendor, row)));
  // Of each day what was said last; a day that is closed no longer moves.
  const dossiers = await rows<{ id: string }>(
    `select distinct on (province_code, procedure_code, day) concat_ws(' ', province_code, procedure_code,
       extract(epoch from day)::bigint, received, online, on_time, overdue) as id from dossier_statistics
     where commune_code = '' order by province_code, procedure_code, day, revision desc`,
  );
  const heldDossiers: HeldFigure[] = [];
  for (
    let day = dayOf(JUNE_START);
    momentOn(day, '00:00') < at;
    day = dayOf(new Date(momentOn(day, '00:00').getTime() + DAY_MS))
  ) {
    for (const row of dossiersOf(day, at, seed)) {
      heldDossiers.push(heldDossier(momentOn(day, '00:00'), row));
    }
  }
  return {
    health: compare(health, healthSince(), healthSince(since)),
    dossiers: compare(dossiers, heldDossiers, heldDossiers),
  };
}

function heldHealth(vendor: string, row: VendorHealthRow): HeldFigure {
  const { province, system, measuredAt, uptimePercent, cpuPercent, memoryPercent, trafficMbps, alerts } = row;
  const values = { uptimePercent, cpuPercent, memoryPercent, trafficMbps, alerts };
  return {
    id: [vendor, province, system, measuredAt.getTime() / 1000, ...Object.values(values)].join(' '),
    source: vendor.toLowerCase(),
    observation: {
      class: 'measurement',
      kind: 'serviceHealth',
      key: { province, system, vendor },
      measuredAt,
      values,
    },
  };
}

function heldDossier(day: Date, { province, procedure, received, online, onTime, overdue }: DossierRow): HeldFigure {
  const values = { received, online, onTime, overdue };
  return {
    id: [province, procedure, day.getTime() / 1000, ...Object.values(values)].join(' '),
    source: 'emc',
    observation: { class: 'measurement', kind: 'dossierStatistics', key: { province, procedure }, day, values },
  };
}

function compare(stored: readonly { id: string }[], held: readonly HeldFigure[], due: readonly HeldFigure[]) {
  const ids = new Set(stored.map(({ id }) => id));
  const truth = new Set(held.map(({ id }) => id));
  const invented = [...ids].filter((id) => !truth.has(id));
  return { stored: ids.size, held, missing: due.filter(({ id }) => !ids.has(id)), invented: invented.slice(0, 5) };
}

interface SourceState {
  readonly code: string;
  readonly kind: string;
  readonly lastSuccessAt: string | null;
  readonly parent: Code | null;
}

/** The sources that are read or push by themselves, voices aside. */
export async function sourcesOf(address: string): Promise<SourceState[]> {
  const { sources } = await askHub<{ sources: readonly SourceState[] }>(
    address,
    '{ sources { code kind lastSuccessAt parent { code } } }',
  );
  expect(sources.length).toBeGreaterThan(50);
  return sources.filter(({ parent }) => parent === null);
}
