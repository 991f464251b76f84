import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { Json } from '../kinds/fact-kind.ts';
import type { ObservationDetail } from '../observation.ts';
import { bigint, boolean, double, integer, json, nullable, text, time } from './columns.ts';

/** A run of equal statements of one source about one entity; see the table in docs/architecture.md. */
@Entity({ tableName: 'observation' })
export class ObservationRow {
  @PrimaryKey({ ...bigint(), autoincrement: true }) id!: number;
  @Property(text()) kind!: string;
  @Property(text()) entityId!: string;
  @Property(text()) sourceId!: string;
  @Property(text()) stream!: string;
  /** The sorted names of the attributes, joined by `,`. */
  @Property(text()) facet!: string;
  /** The first and the last time that it was said of, by the source's own clock. */
  @Property(time()) observedFrom!: Date;
  @Property(time()) observedUntil!: Date;
  @Property(bigint()) revision!: number;
  @Property(json()) attributes!: Readonly<Record<string, Json>>;
  @Property(boolean()) retracted!: boolean;
  /** What of the detail tells one statement from another, e.g. its document; the rest may differ within a run. */
  @Property(json()) evidence!: ObservationDetail;
  /** When the hub was told first, when of the last time, and when the source last said it to us. */
  @Property(time()) recordedAt!: Date;
  @Property(time()) untilRecordedAt!: Date;
  @Property(time()) seenAt!: Date;
  /** Since when complete snapshots of the source lack it, and how many in a row did. */
  @Property({ ...time(), ...nullable }) absentSince!: Date | null;
  @Property(integer()) absentCount!: number;
  /** Whether it is the latest of its lane. */
  @Property(boolean()) head!: boolean;
  /** Whether the sweep has found it older than its source's time to live. */
  @Property(boolean()) stale!: boolean;
  @Property({ ...json(), ...nullable }) detail!: ObservationDetail | null;
  @Property({ ...bigint(), ...nullable }) runId!: number | null;
}

/** Health figures of one system of a province, of the 24 hours before `measuredAt`. */
@Entity({ tableName: 'service_health' })
export class ServiceHealthRow {
  @PrimaryKey(text()) provinceCode!: string;
  @PrimaryKey(text()) systemCode!: string;
  @PrimaryKey(text()) vendorCode!: string;
  @PrimaryKey(text()) sourceId!: string;
  @PrimaryKey(time()) measuredAt!: Date;
  @PrimaryKey(integer()) revision!: number;
  @Property(double()) uptimePercent!: number;
  @Property(double()) cpuPercent!: number;
  @Property(double()) memoryPercent!: number;
  @Property(double()) trafficMbps!: number;
  @Property(integer()) alerts!: number;
  @Property(time()) recordedAt!: Date;
  /** When the source said it; null in rows from before it was kept, which count as told when they were recorded. */
  @Property({ ...time(), ...nullable }) toldAt!: Date | null;
  @Property({ ...json(), ...nullable }) detail!: ObservationDetail | null;
  @Property({ ...bigint(), ...nullable }) runId!: number | null;
}

/** Use of the Party's document system by a unit, from `periodStart` up to `periodEnd`. */
@Entity({ tableName: 'usage_statistics' })
export class UsageStatisticsRow {
  @PrimaryKey(text()) unitCode!: string;
  @PrimaryKey(text()) sourceId!: string;
  @PrimaryKey(time()) periodStart!: Date;
  @PrimaryKey(time()) periodEnd!: Date;
  @PrimaryKey(integer()) revision!: number;
  @Property(integer()) users!: number;
  @Property(integer()) logins!: number;
  @Property(integer()) documentsIn!: number;
  @Property(integer()) documentsOut!: number;
  @Property(integer()) documentsPassedOn!: number;
  @Property(time()) recordedAt!: Date;
  /** When the source said it; null in rows from before it was kept, which count as told when they were recorded. */
  @Property({ ...time(), ...nullable }) toldAt!: Date | null;
  @Property({ ...json(), ...nullable }) detail!: ObservationDetail | null;
  @Property({ ...bigint(), ...nullable }) runId!: number | null;
}

/** Dossiers of a procedure on a day, in a commune or (with `communeCode` empty) in the province as a whole. */
@Entity({ tableName: 'dossier_statistics' })
export class DossierStatisticsRow {
  @PrimaryKey(text()) provinceCode!: string;
  @PrimaryKey(text()) communeCode!: string;
  @PrimaryKey(text()) procedureCode!: string;
  @PrimaryKey(text()) sourceId!: string;
  @PrimaryKey(time()) day!: Date;
  @PrimaryKey(integer()) revision!: number;
  @Property(integer()) received!: number;
  @Property(integer()) online!: number;
  @Property(integer()) onTime!: number;
  @Property(integer()) overdue!: number;
  @Property(time()) recordedAt!: Date;
  /** When the source said it; null in rows from before it was kept, which count as told when they were recorded. */
  @Property({ ...time(), ...nullable }) toldAt!: Date | null;
  @Property({ ...json(), ...nullable }) detail!: ObservationDetail | null;
  @Property({ ...bigint(), ...nullable }) runId!: number | null;
}

/** What a source says of a province and day, added up as rows come: of the whole province, or of its communes. */
@Entity({ tableName: 'dossier_day' })
export class DossierDayRow {
  @PrimaryKey(text()) provinceCode!: string;
  @PrimaryKey(time()) day!: Date;
  @PrimaryKey(text()) sourceId!: string;
  @PrimaryKey(boolean()) ofCommunes!: boolean;
  @Property(bigint()) rowCount!: number;
  @Property(bigint()) received!: number;
  @Property(bigint()) online!: number;
  @Property(bigint()) onTime!: number;
  @Property(bigint()) overdue!: number;
  @Property(time()) updatedAt!: Date;
}
