import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { Json } from '../kinds/fact-kind.ts';
import { bigint, boolean, bytes, codes, date, double, integer, json, nullable, text, time } from './columns.ts';

/** An answer of an upstream as it came, or a row of equal ones to one request. */
@Entity({ tableName: 'raw_answer' })
export class RawAnswerRow {
  @PrimaryKey({ ...bigint(), autoincrement: true }) id!: number;
  @Property(text()) sourceId!: string;
  /** The run that met it first. */
  @Property({ ...bigint(), ...nullable }) runId!: number | null;
  @Property(text()) stream!: string;
  /** Method, path, query and body, without secrets. */
  @Property(json()) request!: Json;
  @Property(text()) requestHash!: string;
  /** Content-Type and what else its format looks at. */
  @Property(json()) headers!: Json;
  /** SHA-256 of the body as it was decompressed. */
  @Property(text()) hash!: string;
  @Property(bigint()) bytes!: number;
  @Property(bigint()) keptBytes!: number;
  /** False where it was too large: then there are no parts. */
  @Property(boolean()) isKept!: boolean;
  /** By the clock of the domain, when it was first and last asked for. */
  @Property(time()) domainRequestedAt!: Date;
  @Property(time()) domainLastAt!: Date;
  @Property(time()) firstSeenAt!: Date;
  @Property(time()) lastSeenAt!: Date;
  @Property(time()) until!: Date;
  /** Of whom the key spoke that it was sent with; null for all, and for what was asked for. */
  @Property({ ...codes(), ...nullable }) provinces!: string[] | null;
}

/** A piece of a raw answer, compressed with Brotli; the pieces in order are the whole. */
@Entity({ tableName: 'raw_answer_part' })
export class RawAnswerPartRow {
  @PrimaryKey(bigint()) answerId!: number;
  @PrimaryKey(integer()) nth!: number;
  @Property(bytes()) body!: Buffer;
}

/** A catalogue of an upstream by which codes are translated, as it was last read: pairs of key and value. */
@Entity({ tableName: 'kept_lookup' })
export class KeptLookupRow {
  @PrimaryKey(text()) sourceId!: string;
  @PrimaryKey(text()) name!: string;
  @Property(json()) entries!: Json;
  /** When it was first read as it is. */
  @Property(time()) readAt!: Date;
}

/** Something that an upstream does and its contract does not know. */
@Entity({ tableName: 'source_notice' })
export class SourceNoticeRow {
  @PrimaryKey({ ...bigint(), autoincrement: true }) id!: number;
  @Property(text()) sourceId!: string;
  @Property(text()) stream!: string;
  @Property(text()) kind!: 'NEW_FIELD' | 'TYPE_CHANGED' | 'UNMAPPED_CODE';
  /** Where in the record; of a code the attribute. */
  @Property(text()) path!: string;
  /** The code itself, or an example. */
  @Property(text()) sample!: string;
  @Property(bigint()) count!: number;
  @Property(time()) firstSeenAt!: Date;
  @Property(time()) lastSeenAt!: Date;
  @Property(text()) contractVersion!: string;
  @Property({ ...time(), ...nullable }) settledAt!: Date | null;
}

/** When the next request to an upstream would be on time; see `src/sync/upstream/pg-rate-limiter.ts`. */
@Entity({ tableName: 'upstream_turn' })
export class UpstreamTurnRow {
  @PrimaryKey(text()) upstream!: string;
  /** Seconds since 1970. */
  @Property(double()) arrival!: number;
}

/** How many requests of a day were spent. */
@Entity({ tableName: 'upstream_day' })
export class UpstreamDayRow {
  @PrimaryKey(text()) upstream!: string;
  @Property(date()) day!: string;
  @Property(integer()) taken!: number;
}

/** Whether an upstream may be asked at all; see `src/sync/upstream/pg-breaker.ts`. */
@Entity({ tableName: 'upstream_breaker' })
export class UpstreamBreakerRow {
  @PrimaryKey(text()) upstream!: string;
  @Property(integer()) failures!: number;
  @Property({ ...time(), ...nullable }) openedAt!: Date | null;
  @Property({ ...time(), ...nullable }) probeUntil!: Date | null;
}

/** A session that all workers share, sealed; see `src/sync/upstream/pg-token-vault.ts`. */
@Entity({ tableName: 'upstream_session' })
export class UpstreamSessionRow {
  @PrimaryKey(text()) upstream!: string;
  /** Tells credentials apart without telling them. */
  @PrimaryKey(text()) seal!: string;
  @Property({ ...bytes(), ...nullable }) sealed!: Buffer | null;
  @Property({ ...time(), ...nullable }) expiresAt!: Date | null;
  @Property(bigint()) version!: number;
  @Property({ ...text(), ...nullable }) leaseBy!: string | null;
  @Property({ ...time(), ...nullable }) leaseUntil!: Date | null;
  @Property({ ...json(), ...nullable }) failure!: Json | null;
  @Property(time()) updatedAt!: Date;
}
