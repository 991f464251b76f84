import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { createDefaultSources } from '../../../connectors/default-sources.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type {
  DossierStatisticsMeasurement,
  FactObservation,
  ObservationDetail,
  ServiceHealthMeasurement,
  UsageStatisticsMeasurement,
} from '../../../schema/observation.ts';
import { totalCode, type UnitKind, unitCode } from '../../../schema/unit-code.ts';
import { DOCUMENTS, loadDeployments, loadPartyOperations, type UsageFiguresFact } from '../../../seeds/facts.ts';
import { coverageAt } from '../../../seeds/june/coverage.ts';
import { communeDossiersOf, type DossierRow, dossiersOf } from '../../../seeds/june/dossiers.ts';
import { linksAt } from '../../../seeds/june/links.ts';
import { DEPLOYMENT_REPORT_AT, DISPATCH_AT, REPORT_AT, YESTERDAY_AT } from '../../../seeds/june/moments.ts';
import { criterionCountsAt, readinessAt } from '../../../seeds/june/readiness.ts';
import { vendorHealthAt } from '../../../seeds/june/vendors.ts';
import { loadReference } from '../../../seeds/reference.ts';
import { summaryResidual } from '../../../seeds/summary.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { registerSources } from '../../../src/sync/register-sources.ts';
import { ingest, type SourceBatch } from '../../../src/unify/ingest.ts';
import { ingestMeasurements } from '../../support/ingest-measurements.ts';

export const SEED = 7;
/** When the hub was told of each of the three days. */
export const TOLD_DISPATCH = new Date('2026-01-01T00:00:00Z');
export const TOLD_YESTERDAY = new Date('2026-01-02T00:00:00Z');
export const TOLD_REPORT = new Date('2026-01-03T00:00:00Z');
export { DISPATCH_AT, REPORT_AT, YESTERDAY_AT };

type Claims = Readonly<Record<string, Json | undefined>>;

function fact(
  kind: FactObservation['kind'],
  key: FactObservation['key'],
  observedAt: Date,
  claims: Claims,
  detail: ObservationDetail = {},
): FactObservation[] {
  return Object.entries(claims).flatMap(([name, value]): FactObservation[] =>
    value === undefined ? [] : [{ class: 'fact', kind, key, observedAt, attributes: { [name]: value }, detail }],
  );
}

/** Loads the reference data and the sources of the sandbox; no facts. */
export async function loadGround(database: Database): Promise<void> {
  const baseUrls = new Proxy<Record<string, string>>({}, { get: () => 'http://127.0.0.1:1/' });
  await loadReference(database.fork());
  await registerSources(database.fork(), createDefaultSources({ baseUrls }).sources, {
    simulated: true,
    now: TOLD_DISPATCH,
  });
  await sql`insert into source (id, connector, name, kind, default_rank) values ('operator', 'operator', 'Operators', 'operator', 0)
    on conflict (id) do nothing`.execute(database.fork().getKysely());
  await sql`insert into change_log (epoch) values ('test') on conflict do nothing`.execute(database.fork().getKysely());
}

/** Loads the three days up to the report of 27 June 2025, told on three later days, for the provinces given or all. */
export async function loadJune(database: Database, provinces?: readonly string[]): Promise<void> {
  const wanted = (observation: FactObservation) =>
    !provinces || !observation.key.province || provinces.includes(observation.key.province);
  for (const [observedAt, recordedAt] of [
    [DISPATCH_AT, TOLD_DISPATCH],
    [YESTERDAY_AT, TOLD_YESTERDAY],
    [REPORT_AT, TOLD_REPORT],
  ] as const) {
    const batches = batchesOf(observedAt).map((batch) => ({
      ...batch,
      observations: batch.observations.filter(wanted),
    }));
    await tell(database.fork(), batches, recordedAt, observedAt);
  }
  const health = vendorHealthAt('VNPT', REPORT_AT, SEED)
    .filter(({ province }) => !provinces || provinces.includes(province))
    .map(({ province, system, measuredAt, ...values }): ServiceHealthMeasurement => {
      const key = { province, system, vendor: 'VNPT' };
      return { class: 'measurement', kind: 'serviceHealth', key, measuredAt, values, detail: { simulated: true } };
    });
  const batch = { sourceId: 'vnpt', runId: null, measurements: health, recordedAt: TOLD_REPORT };
  await database.fork().transactional((em) => ingestMeasurements(em as EntityManager, batch));
  const usage = { ...batch, sourceId: 'party-operations', measurements: usageOfUnits(provinces) };
  await database.fork().transactional((em) => ingestMeasurements(em as EntityManager, usage));
  const dossiers = { ...batch, sourceId: 'emc', measurements: dossiersOfDay(provinces) };
  await database.fork().transactional((em) => ingestMeasurements(em as EntityManager, dossiers));
}

/** Of the day before the report: of each province, and of the communes of one. */
function dossiersOfDay(provinces?: readonly string[]): DossierStatisticsMeasurement[] {
  const day = '2025-06-26';
  const measured = ({ province, commune, procedure, ...values }: DossierRow): DossierStatisticsMeasurement => ({
    class: 'measurement',
    kind: 'dossierStatistics',
    key: { province, ...(commune !== undefined && { commune }), procedure },
    day: new Date(`${day}T00:00:00+07:00`),
    values,
    detail: { simulated: true },
  });
  const isWanted = ({ province }: DossierRow) => !provinces || provinces.includes(province);
  return [
    ...dossiersOf(day, REPORT_AT, SEED).filter(isWanted),
    ...communeDossiersOf(day, REPORT_AT, SEED).filter((row) => isWanted(row) && row.province === '14'),
  ].map(measured);
}

function usageOfUnits(provinces?: readonly string[]): UsageStatisticsMeasurement[] {
  const { period, ...file } = loadPartyOperations();
  const measured = (unit: string, fact: UsageFiguresFact): UsageStatisticsMeasurement => ({
    class: 'measurement',
    kind: 'usageStatistics',
    key: { unit },
    periodStart: new Date(`${period.from}T00:00:00+07:00`),
    periodEnd: new Date(Date.parse(`${period.to}T00:00:00+07:00`) + 86_400_000),
    values: {
      users: fact.usersLoggedIn,
      logins: fact.logins,
      documentsIn: fact.incomingDocuments,
      documentsOut: fact.outgoingDocuments,
      documentsPassedOn: fact.transfers,
    },
    detail: { document: DOCUMENTS.partyOperations },
  });
  const total = (kind: UnitKind, fact: UsageFiguresFact) => measured(totalCode(kind), fact);
  return [
    ...file.provincialUsage
      .filter(({ province }) => !provinces || provinces.includes(province))
      .map((fact) => measured(unitCode('former-province', fact.formerProvince), fact)),
    ...file.centralUsage.map((fact) => measured(unitCode('central-body', fact.unit), fact)),
    total('former-province', file.provincialTotals),
    total('central-body', file.centralTotals),
  ];
}

/** One transaction that tells the hub what some sources say. */
export function tell(em: EntityManager, batches: SourceBatch[], recordedAt: Date, requestedAt = recordedAt) {
  return em.transactional((tx) => ingest(tx as EntityManager, { batches, requestedAt, recordedAt }));
}

function batchesOf(at: Date): SourceBatch[] {
  const readiness = readinessAt(at, SEED).flatMap(
    ({ province, criterion, completed, difficulties, simulated, document }) =>
      fact(
        'readiness',
        { province, criterion },
        at,
        { completed, difficulties: difficulties as Json | undefined },
        {
          ...(simulated && { simulated }),
          ...(document && { document }),
        },
      ),
  );
  const counts = criterionCountsAt(at, SEED).flatMap(({ criterion, completedCount, total, deltaSinceYesterday }) =>
    fact('criterionCount', { criterion }, at, { completedCount, total, deltaSinceYesterday }),
  );
  const batches = [
    { sourceId: 'khcn', stream: 'readiness', observations: readiness },
    { sourceId: 'khcn-summary', stream: 'readiness', observations: counts },
  ];
  return at === DISPATCH_AT ? [...batches, ...deployments()] : at === REPORT_AT ? [...batches, ...links(at)] : batches;
}

function deployments(): SourceBatch[] {
  const document = DOCUMENTS.deployments;
  const file = loadDeployments();
  const appendix = file.deployments.flatMap(({ province, system, vendors, formerVendors, status, note, difficulty }) =>
    fact(
      'deployment',
      { province, system },
      DEPLOYMENT_REPORT_AT,
      {
        vendors: [...vendors].sort(),
        formerVendors: [...formerVendors].sort(),
        status: status === 'UNKNOWN' ? undefined : status,
        note: note ?? undefined,
        difficulty: difficulty ?? undefined,
      },
      { document },
    ),
  );
  const residual = summaryResidual.flatMap(({ system, province, vendors }) =>
    fact('deployment', { province, system }, DEPLOYMENT_REPORT_AT, { vendors: [...vendors] }, { inferred: true }),
  );
  const claims = file.summaryClaims.flatMap(({ system, vendor, claimedCount, of }) =>
    fact('vendorCount', { system, vendor: vendor as string }, DEPLOYMENT_REPORT_AT, { count: claimedCount, total: of }),
  );
  return [
    { sourceId: 'khcn', stream: 'deployments', observations: appendix },
    { sourceId: 'khcn-summary', stream: 'deployments', observations: [...residual, ...claims] },
  ];
}

function links(at: Date): SourceBatch[] {
  const simulated = { simulated: true };
  const byProvince = Map.groupBy(linksAt(at, SEED), ({ province }) => province);
  const coverage = coverageAt(at, SEED).flatMap(({ province, programme, offered, required }) =>
    fact('serviceCoverage', { province, programme }, at, { offered, required }, simulated),
  );
  return [
    ...[...byProvince].map(([code, rows]) => ({
      sourceId: `lgsp-${code}`,
      stream: 'connections',
      observations: rows.flatMap(({ province, target, state, latencyMs, lastSuccessAt, detail }) =>
        fact(
          'link',
          { province, target },
          at,
          { state, latencyMs, lastSuccessAt: lastSuccessAt?.toISOString(), detail },
          simulated,
        ),
      ),
    })),
    { sourceId: 'dvcqg', stream: 'coverage', observations: coverage },
  ];
}
