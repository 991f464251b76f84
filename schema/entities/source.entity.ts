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
  @Property(text()) trigger!: 'schedule' | 'request' | 'command';
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
  @Property(time()) at!: Date;
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
