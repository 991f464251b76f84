import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { Json } from '../kinds/fact-kind.ts';
import { bigint, boolean, codes, double, integer, json, nullable, text, time } from './columns.ts';

/** A voice that makes claims. */
@Entity({ tableName: 'source' })
export class SourceRow {
  @PrimaryKey(text()) id!: string;
  @Property(text()) connector!: string;
  @Property(text()) name!: string;
  @Property(text()) kind!: 'pull' | 'push' | 'operator' | 'document';
  /** The source whose connector reads it, for the second voice of an upstream. */
  @Property({ ...text(), ...nullable }) parentId!: string | null;
  @Property({ ...codes(), ...nullable }) scopeProvinces!: string[] | null;
  @Property({ ...text(), ...nullable }) schedule!: string | null;
  /** Null: what it says never turns stale. */
  @Property({ ...double(), ...nullable }) ttlSeconds!: number | null;
  /** After how many complete snapshots without it a fact is gone. */
  @Property(integer()) goneAfter!: number;
  @Property(integer()) defaultRank!: number;
  @Property(boolean()) simulated!: boolean;
  @Property(boolean()) enabled!: boolean;
  /** Since when it is read only when somebody asks for it; null: on its schedule. */
  @Property({ ...time(), ...nullable }) pausedAt!: Date | null;
}

/** The rank of a source for one kind of fact; the lower wins. */
@Entity({ tableName: 'source_rank' })
export class SourceRankRow {
  @PrimaryKey(text()) sourceId!: string;
  @PrimaryKey(text()) kind!: string;
  @Property(integer()) rank!: number;
}

@Entity({ tableName: 'sync_run' })
export class SyncRunRow {
  @PrimaryKey({ ...bigint(), autoincrement: true }) id!: number;
  @Property(text()) sourceId!: string;
  @Property(text()) trigger!: 'schedule' | 'request' | 'command' | 'backfill' | 'replay' | 'push';
  @Property(text()) state!: 'RUNNING' | 'SUCCEEDED' | 'PARTIAL' | 'FAILED' | 'CANCELLED';
  @Property(text()) worker!: string;
  @Property(time()) startedAt!: Date;
  @Property(time()) heartbeatAt!: Date;
  @Property({ ...time(), ...nullable }) finishedAt!: Date | null;
  @Property(integer()) asked!: number;
  @Property(integer()) read!: number;
  @Property(integer()) accepted!: number;
  @Property(integer()) unchanged!: number;
  @Property(integer()) rejected!: number;
  @Property(integer()) changes!: number;
  @Property({ ...text(), ...nullable }) errorCode!: string | null;
  @Property({ ...text(), ...nullable }) errorMessage!: string | null;
  @Property({ ...boolean(), ...nullable }) errorRetryable!: boolean | null;
  /** What it reads just now. */
  @Property({ ...text(), ...nullable }) stream!: string | null;
  @Property(integer()) pages!: number;
  @Property(bigint()) bytes!: number;
  /** How many records there are to read, where that is known. */
  @Property({ ...integer(), ...nullable }) total!: number | null;
  /** How much of it is done, 0 to 100, where the upstream says how much there is. */
  @Property({ ...double(), ...nullable }) percent!: number | null;
}

/** What somebody did to a source, and why. */
@Entity({ tableName: 'source_action' })
export class SourceActionRow {
  @PrimaryKey({ ...bigint(), autoincrement: true }) id!: number;
  @Property(text()) sourceId!: string;
  @Property(text()) action!: string;
  @Property(json()) arguments!: Json;
  @Property(text()) reason!: string;
  @Property(text()) madeBy!: string;
  @Property(time()) madeAt!: Date;
  @Property({ ...bigint(), ...nullable }) runId!: number | null;
}

/** A record that broke the contract of its source or was about nothing we know, kept with the reason. */
@Entity({ tableName: 'rejection' })
export class RejectionRow {
  @PrimaryKey({ ...bigint(), autoincrement: true }) id!: number;
  @Property(text()) sourceId!: string;
  @Property({ ...bigint(), ...nullable }) runId!: number | null;
  @Property(text()) stream!: string;
  @Property(text()) reason!: string;
  @Property({ ...text(), ...nullable }) path!: string | null;
  @Property(json()) record!: Json;
  @Property(text()) contractVersion!: string;
  /** When it first came. */
  @Property(time()) at!: Date;
  /** How often it came, and when last; `runId` is the run that it came with then. */
  @Property(integer()) count!: number;
  @Property(time()) lastAt!: Date;
  /** SHA-256 of record, reason, path and contract version: equal ones of a stream are one row. */
  @Property(text()) hash!: string;
  /** By the clock of the domain, when the record was last asked for. */
  @Property({ ...time(), ...nullable }) domainAt!: Date | null;
  /** When the record was taken after all, and by which run. */
  @Property({ ...time(), ...nullable }) settledAt!: Date | null;
  @Property({ ...bigint(), ...nullable }) settledByRun!: number | null;
  /** Of whom the key spoke that it was sent with; null for all, and for what was asked for. */
  @Property({ ...codes(), ...nullable }) provinces!: string[] | null;
}

/** Where the next run of a stream goes on. */
@Entity({ tableName: 'checkpoint' })
export class CheckpointRow {
  @PrimaryKey(text()) sourceId!: string;
  @PrimaryKey(text()) stream!: string;
  @Property(json()) state!: Json;
  @Property(time()) updatedAt!: Date;
}

/** A key by its hash; the key itself was shown once and is nowhere. */
@Entity({ tableName: 'api_key' })
export class ApiKeyRow {
  @PrimaryKey(text()) id!: string;
  @Property(text()) name!: string;
  @Property(text()) hash!: string;
  @Property(text()) role!: 'viewer' | 'operator' | 'source' | 'admin';
  @Property({ ...codes(), ...nullable }) provinces!: string[] | null;
  @Property({ ...codes(), ...nullable }) sources!: string[] | null;
  @Property(time()) createdAt!: Date;
  @Property(text()) createdBy!: string;
  @Property({ ...time(), ...nullable }) revokedAt!: Date | null;
  @Property({ ...text(), ...nullable }) revokedBy!: string | null;
}
