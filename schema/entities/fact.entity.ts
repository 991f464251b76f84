import { Entity, Property } from '@mikro-orm/decorators/legacy';
import type { Json } from '../kinds/fact-kind.ts';
import { boolean, codes, derived, integer, json, keyPart, nullable, text, time } from './columns.ts';
import { StateRow } from './state.entity.ts';

const attribute = (name: string) => ({ ...nullable, ...derived(`attributes ->> '${name}'::text`) });
const integerAttribute = (name: string) => ({
  ...integer(),
  ...nullable,
  ...derived(`(attributes ->> '${name}'::text)::integer`),
});
const codesAttribute = (name: string) => ({
  ...codes(),
  ...nullable,
  ...derived(`jsonb_text_array(attributes -> '${name}'::text)`),
});

@Entity({ tableName: 'deployment' })
export class DeploymentRow extends StateRow {
  @Property({ ...text(), ...keyPart(1) }) provinceCode!: string;
  @Property({ ...text(), ...keyPart(2) }) systemCode!: string;
  @Property(codesAttribute('vendors')) vendorCodes!: string[] | null;
  @Property(codesAttribute('formerVendors')) formerVendorCodes!: string[] | null;
  @Property({ ...text(), ...attribute('status') }) status!: string | null;
  @Property({ ...text(), ...attribute('note') }) note!: string | null;
  @Property({ ...text(), ...attribute('difficulty') }) difficulty!: string | null;
}

@Entity({ tableName: 'readiness' })
export class ReadinessRow extends StateRow {
  @Property({ ...text(), ...keyPart(1) }) provinceCode!: string;
  @Property({ ...text(), ...keyPart(2) }) criterionId!: string;
  @Property({ ...boolean(), ...nullable, ...derived(`(attributes ->> 'completed'::text)::boolean`) })
  completed!: boolean | null;
  @Property({ ...json(), ...nullable, ...derived(`attributes -> 'difficulties'::text`) })
  difficulties!: Json;
}

@Entity({ tableName: 'link' })
export class LinkRow extends StateRow {
  @Property({ ...text(), ...keyPart(1) }) provinceCode!: string;
  @Property({ ...text(), ...keyPart(2) }) targetCode!: string;
  @Property({ ...text(), ...attribute('state') }) state!: string | null;
  @Property(integerAttribute('latencyMs')) latencyMs!: number | null;
  @Property({ ...time(), ...nullable, ...derived(`iso_timestamptz(attributes ->> 'lastSuccessAt'::text)`) })
  lastSuccessAt!: Date | null;
  @Property({ ...text(), ...attribute('detail') }) detail!: string | null;
}

@Entity({ tableName: 'service_coverage' })
export class ServiceCoverageRow extends StateRow {
  @Property({ ...text(), ...keyPart(1) }) provinceCode!: string;
  @Property({ ...text(), ...keyPart(2) }) programme!: string;
  @Property(integerAttribute('offered')) offered!: number | null;
  @Property(integerAttribute('required')) required!: number | null;
}

@Entity({ tableName: 'vendor_count' })
export class VendorCountRow extends StateRow {
  @Property({ ...text(), ...keyPart(1) }) systemCode!: string;
  @Property({ ...text(), ...keyPart(2) }) vendorCode!: string;
  @Property(integerAttribute('count')) count!: number | null;
  @Property(integerAttribute('percent')) percent!: number | null;
  @Property(integerAttribute('total')) total!: number | null;
}

@Entity({ tableName: 'criterion_count' })
export class CriterionCountRow extends StateRow {
  @Property({ ...text(), ...keyPart(1) }) criterionId!: string;
  @Property(integerAttribute('completedCount')) completedCount!: number | null;
  @Property(integerAttribute('total')) total!: number | null;
  @Property(integerAttribute('deltaSinceYesterday')) deltaSinceYesterday!: number | null;
}
