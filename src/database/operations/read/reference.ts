import { sql } from 'kysely';
import type { Reader } from './reader.ts';

export interface ProvinceRow {
  code: string;
  name: string;
  kind: string;
  formerProvinces: string[];
  communeCount: number;
}
export interface SystemRow {
  code: string;
  name: string;
  nameEn: string;
  national: boolean;
}
export interface VendorRow {
  code: string;
  name: string;
  kind: string;
}
export interface TargetRow {
  code: string;
  name: string;
  nameEn: string;
  kind: string;
}
export interface CriterionRow {
  code: string;
  position: number;
  section: string;
  group: string;
  name: string;
  nameEn: string;
  systemCode: string | null;
  deadline: string | null;
  deadlineText: string | null;
}
export interface UnitRow {
  code: string;
  name: string;
  kind: string;
  provinceCode: string | null;
}
export interface SourceRow {
  code: string;
  name: string;
  connector: string;
  kind: string;
  parentCode: string | null;
  scopeProvinces: string[] | null;
  schedule: string | null;
  ttlSeconds: number | null;
  goneAfter: number;
  defaultRank: number;
  simulated: boolean;
  enabled: boolean;
  ranks: { kind: string; rank: number }[];
}

export interface ReferenceRows {
  provinces: ProvinceRow[];
  systems: SystemRow[];
  vendors: VendorRow[];
  targets: TargetRow[];
  criteria: CriterionRow[];
  /** Without those that hold totals. */
  units: UnitRow[];
  sources: SourceRow[];
}

/** All reference data and the sources, in one statement: a few hundred rows that change with a release or a restart. */
export async function readReference(reader: Reader): Promise<ReferenceRows> {
  const [row] = await reader.rows<ReferenceRows>(sql`
    select
      (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'name', name, 'kind', kind,
        'formerProvinces', former_provinces, 'communeCount', commune_count) order by code collate "C"), '[]')
        from province) as provinces,
      (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'name', name, 'nameEn', name_en, 'national', national)
        order by national, code collate "C"), '[]') from system) as systems,
      (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'name', name, 'kind', kind) order by code collate "C"), '[]')
        from vendor) as vendors,
      (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'name', name, 'nameEn', name_en, 'kind', kind)
        order by code collate "C"), '[]') from target) as targets,
      (select coalesce(jsonb_agg(jsonb_build_object('code', id, 'position', position, 'section', section, 'group', "group",
        'name', name, 'nameEn', name_en, 'systemCode', system_code, 'deadline', deadline, 'deadlineText', deadline_text)
        order by position), '[]') from criterion) as criteria,
      (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'name', name, 'kind', kind,
        'provinceCode', province_code) order by code collate "C"), '[]') from unit where not total) as units,
      (select coalesce(jsonb_agg(jsonb_build_object('code', id, 'name', name, 'connector', connector, 'kind', kind,
        'parentCode', parent_id, 'scopeProvinces', scope_provinces, 'schedule', schedule, 'ttlSeconds', ttl_seconds,
        'goneAfter', gone_after, 'defaultRank', default_rank, 'simulated', simulated, 'enabled', enabled,
        'ranks', (select coalesce(jsonb_agg(jsonb_build_object('kind', r.kind, 'rank', r.rank) order by r.kind), '[]')
          from source_rank r where r.source_id = s.id)) order by id collate "C"), '[]') from source s) as sources`);
  return row as ReferenceRows;
}
