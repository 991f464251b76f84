import type { EntityManager } from '@mikro-orm/postgresql';
import { type RawBuilder, sql } from 'kysely';
import { totalCode, UNIT_KINDS, unitCode } from '../schema/unit-code.ts';
import { loadDeployments, loadPartyOperations, loadProvinces, loadReadiness } from './facts.ts';
import { targets } from './targets.ts';

/**
 * Brings the reference data of the database to what this version ships: provinces, systems, vendors, criteria, targets,
 * units. One statement a table; rows that are equal are not written, so a repeated start writes nothing. Rows that this version
 * does not know are left alone. Runs in the transaction of `em` where there is one.
 */
export async function loadReference(em: EntityManager): Promise<void> {
  const kysely = em.getKysely();
  for (const statement of [provinces(), systems(), vendors(), criteria(), targetRows(), units()]) {
    await statement.execute(kysely);
  }
}

const rowsOf = (rows: readonly object[]): RawBuilder<unknown> => sql`${JSON.stringify(rows).normalize('NFC')}::jsonb`;

const provinces = () => sql`
  insert into province (code, name, kind, former_provinces, commune_count)
  select code, name, kind, array(select jsonb_array_elements_text("formerProvinces")), "communeCount"
  from jsonb_to_recordset(${rowsOf(loadProvinces().provinces)})
    as r(code text, name text, kind text, "formerProvinces" jsonb, "communeCount" integer)
  on conflict (code) do update set name = excluded.name, kind = excluded.kind,
    former_provinces = excluded.former_provinces, commune_count = excluded.commune_count
  where (province.name, province.kind, province.former_provinces, province.commune_count)
    is distinct from (excluded.name, excluded.kind, excluded.former_provinces, excluded.commune_count)`;

const systems = () => sql`
  insert into system (code, name, name_en)
  select id, name, "nameEn" from jsonb_to_recordset(${rowsOf(loadDeployments().systems)})
    as r(id text, name text, "nameEn" text)
  on conflict (code) do update set name = excluded.name, name_en = excluded.name_en
  where (system.name, system.name_en) is distinct from (excluded.name, excluded.name_en)`;

const vendors = () => sql`
  insert into vendor (code, name, kind)
  select id, name, kind from jsonb_to_recordset(${rowsOf(loadDeployments().vendors)}) as r(id text, name text, kind text)
  on conflict (code) do update set name = excluded.name, kind = excluded.kind
  where (vendor.name, vendor.kind) is distinct from (excluded.name, excluded.kind)`;

/** `position` is the order in the report; `group` is the name of the report's part, whose number stands in `section`. */
function criteria() {
  const { criteria: facts, groups } = loadReadiness();
  const groupNames = new Map(groups.map((group) => [group.id, group.name]));
  const rows = facts.map((criterion, index) => ({
    ...criterion,
    position: index + 1,
    group: groupNames.get(criterion.group),
  }));
  return sql`
    insert into criterion (id, position, section, "group", name, name_en, system_code, deadline, deadline_text)
    select id, position, section, "group", name, "nameEn", system, deadline, "deadlineText"
    from jsonb_to_recordset(${rowsOf(rows)}) as r(id text, position integer, section text, "group" text, name text,
      "nameEn" text, system text, deadline timestamptz, "deadlineText" text)
    on conflict (id) do update set position = excluded.position, section = excluded.section, "group" = excluded."group",
      name = excluded.name, name_en = excluded.name_en, system_code = excluded.system_code,
      deadline = excluded.deadline, deadline_text = excluded.deadline_text
    where (criterion.position, criterion.section, criterion."group", criterion.name, criterion.name_en,
        criterion.system_code, criterion.deadline, criterion.deadline_text)
      is distinct from (excluded.position, excluded.section, excluded."group", excluded.name, excluded.name_en,
        excluded.system_code, excluded.deadline, excluded.deadline_text)`;
}

const targetRows = () => sql`
  insert into target (code, name, name_en, kind)
  select code, name, "nameEn", kind
  from jsonb_to_recordset(${rowsOf(targets)}) as r(code text, name text, "nameEn" text, kind text)
  on conflict (code) do update set name = excluded.name, name_en = excluded.name_en, kind = excluded.kind
  where (target.name, target.name_en, target.kind) is distinct from (excluded.name, excluded.name_en, excluded.kind)`;

/** The former provinces, each with the one that it is now part of; the central bodies; the totals of both. */
function units() {
  const former = loadProvinces().provinces.flatMap(({ code, formerProvinces }) =>
    formerProvinces.map((name) => ({ name, kind: UNIT_KINDS[0], province: code })),
  );
  const central = loadPartyOperations().centralUsage.map(({ unit }) => ({ name: unit, kind: UNIT_KINDS[1] }));
  const rows = [
    ...[...former, ...central].map((unit) => ({ ...unit, code: unitCode(unit.kind, unit.name), total: false })),
    ...UNIT_KINDS.map((kind) => ({ kind, name: 'Tổng số', code: totalCode(kind), total: true })),
  ];
  return sql`
    insert into unit (code, name, kind, province_code, total)
    select code, name, kind, province, total
    from jsonb_to_recordset(${rowsOf(rows)}) as r(code text, name text, kind text, province text, total boolean)
    on conflict (code) do update set name = excluded.name, kind = excluded.kind,
      province_code = excluded.province_code, total = excluded.total
    where (unit.name, unit.kind, unit.province_code, unit.total)
      is distinct from (excluded.name, excluded.kind, excluded.province_code, excluded.total)`;
}
