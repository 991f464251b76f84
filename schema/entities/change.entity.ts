import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { Json } from '../kinds/fact-kind.ts';
import { bigint, boolean, codes, json, nullable, text, time } from './columns.ts';

/** One entity that one transaction altered; `seq` becomes visible in the order of commit. */
@Entity({ tableName: 'change' })
export class ChangeRow {
  @PrimaryKey(bigint()) seq!: number;
  /** The first seq of the transaction. */
  @Property(bigint()) tx!: number;
  /** Whether it is the last of the transaction. */
  @Property(boolean()) last!: boolean;
  @Property(time()) at!: Date;
  @Property(text()) kind!: string;
  @Property(text()) entityId!: string;
  @Property(text()) operation!: 'CREATED' | 'UPDATED' | 'REMOVED';
  @Property({ ...json(), ...nullable }) before!: Readonly<Record<string, Json>> | null;
  @Property({ ...json(), ...nullable }) after!: Readonly<Record<string, Json>> | null;
  @Property(codes()) attributes!: string[];
  @Property(text()) cause!: string;
  @Property(codes()) sources!: string[];
  @Property({ ...bigint(), ...nullable }) runId!: number | null;
  @Property({ ...text(), ...nullable }) provinceCode!: string | null;
  @Property({ ...text(), ...nullable }) systemCode!: string | null;
}

/** The one row that says which log this is and how far back it goes. */
@Entity({ tableName: 'change_log' })
export class ChangeLogRow {
  @PrimaryKey(boolean()) singleton!: boolean;
  @Property(text()) epoch!: string;
  @Property(bigint()) oldestSeq!: number;
}

/** A disagreement of fresh sources about one attribute; open until `closedAt`. */
@Entity({ tableName: 'conflict' })
export class ConflictRow {
  @PrimaryKey(text()) id!: string;
  @Property(text()) kind!: string;
  @Property(text()) entityId!: string;
  @Property(text()) attribute!: string;
  @Property({ ...text(), ...nullable }) provinceCode!: string | null;
  @Property({ ...text(), ...nullable }) systemCode!: string | null;
  @Property(json()) claims!: Json;
  @Property(time()) openedAt!: Date;
  @Property(time()) updatedAt!: Date;
  @Property({ ...time(), ...nullable }) closedAt!: Date | null;
}

/** What an operator set right, until it is withdrawn. */
@Entity({ tableName: 'correction' })
export class CorrectionRow {
  @PrimaryKey(text()) id!: string;
  @Property(text()) kind!: string;
  @Property(text()) entityId!: string;
  @Property(json()) attributes!: Readonly<Record<string, Json>>;
  @Property(text()) reason!: string;
  @Property(text()) madeBy!: string;
  @Property(time()) madeAt!: Date;
  @Property({ ...time(), ...nullable }) withdrawnAt!: Date | null;
  @Property({ ...text(), ...nullable }) withdrawnBy!: string | null;
  @Property({ ...text(), ...nullable }) withdrawnReason!: string | null;
}
