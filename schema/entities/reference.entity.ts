import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { UnitKind } from '../unit-code.ts';
import { boolean, codes, integer, nullable, text, time } from './columns.ts';

/** One of the 34 provinces and centrally run cities since 1 July 2025. */
@Entity({ tableName: 'province' })
export class ProvinceRow {
  /** Two digits. */
  @PrimaryKey(text()) code!: string;
  @Property(text()) name!: string;
  @Property(text()) kind!: 'city' | 'province';
  /** Names of the provinces that were merged into it. */
  @Property(codes()) formerProvinces!: string[];
  @Property(integer()) communeCount!: number;
}

/** One of the five systems that every province runs, or a national one. */
@Entity({ tableName: 'system' })
export class SystemRow {
  @PrimaryKey(text()) code!: string;
  @Property(text()) name!: string;
  @Property(text()) nameEn!: string;
  @Property(boolean()) national!: boolean;
}

@Entity({ tableName: 'vendor' })
export class VendorRow {
  @PrimaryKey(text()) code!: string;
  @Property(text()) name!: string;
  @Property(text()) kind!: 'enterprise' | 'self-built';
}

/** One of the 26 things that had to be done before 1 July 2025. */
@Entity({ tableName: 'criterion' })
export class CriterionRow {
  @PrimaryKey(text()) id!: string;
  /** Order in the report, from 0. */
  @Property(integer()) position!: number;
  @Property(text()) section!: string;
  @Property(text()) group!: string;
  @Property(text()) name!: string;
  @Property(text()) nameEn!: string;
  @Property({ ...text(), ...nullable }) systemCode!: string | null;
  @Property({ ...time(), ...nullable }) deadline!: Date | null;
  /** The deadline in the report's own words. */
  @Property({ ...text(), ...nullable }) deadlineText!: string | null;
}

/** What a province is linked to: the portal, a national or ministry database, EMC, the document axis. */
@Entity({ tableName: 'target' })
export class TargetRow {
  @PrimaryKey(text()) code!: string;
  @Property(text()) name!: string;
  @Property(text()) nameEn!: string;
  @Property(text()) kind!: string;
}

/** What uses the Party's document system; provinces as they were before the merger, beside central bodies. */
@Entity({ tableName: 'unit' })
export class UnitRow {
  @PrimaryKey(text()) code!: string;
  @Property(text()) name!: string;
  @Property(text()) kind!: UnitKind;
  /** The province that it is part of since the merger; null for a central body. */
  @Property({ ...text(), ...nullable }) provinceCode!: string | null;
  /** No unit: holds the total that a source itself states of the kind. */
  @Property(boolean()) total!: boolean;
}
