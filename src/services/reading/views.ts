import type {
  CriterionRow,
  ProvinceRow,
  SourceRow,
  SystemRow,
  TargetRow,
  UnitRow,
  VendorRow,
} from '../../database/operations/read/reference.ts';
import type { Clocks } from './clocks.ts';

/** What every object has that is handed to the schema: its type, its global id, and the times it was read at. */
export interface View<Type extends string = string> {
  readonly __typename: Type;
  readonly id: string;
  readonly clocks: Clocks;
}

export type ProvinceView = View<'Province'> & Readonly<ProvinceRow>;
export type SystemView = View<'System'> & Readonly<SystemRow>;
export type VendorView = View<'Vendor'> & Readonly<VendorRow>;
export type TargetView = View<'Target'> & Readonly<TargetRow>;
export type UnitView = View<'Unit'> & Readonly<UnitRow>;
export type SourceView = View<'Source'> & Readonly<SourceRow>;
export type CriterionView = View<'Criterion'> &
  Readonly<Omit<CriterionRow, 'deadline'>> & { readonly deadline: Date | null };

export interface ReferenceViews {
  Province: ProvinceView;
  System: SystemView;
  Vendor: VendorView;
  Target: TargetView;
  Criterion: CriterionView;
  Unit: UnitView;
  Source: SourceView;
}
export type ReferenceType = keyof ReferenceViews;
