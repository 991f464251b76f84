import { Migration } from '@mikro-orm/migrations';

/** Lets a source correct a period: a further row of the same key with the next revision. */
const withRevision = (table: string, key: string): string[] => [
  `alter table ${table} add column revision integer not null default 0 check (revision >= 0)`,
  `alter table ${table} drop constraint ${table}_pkey`,
  `alter table ${table} add primary key (${key}, revision)`,
];
const withoutRevision = (table: string, key: string): string[] => [
  `delete from ${table} where revision > 0`,
  `alter table ${table} drop constraint ${table}_pkey`,
  `alter table ${table} drop column revision`,
  `alter table ${table} add primary key (${key})`,
];
const HEALTH_KEY = 'province_code, system_code, vendor_code, source_id, measured_at';
const USAGE_KEY = 'unit_code, source_id, period_start, period_end';

/** Corrections of measurements, and dossiers by province, commune, procedure and day. */
export class Migration20261122000001Dossiers extends Migration {
  override up(): void {
    for (const statement of withRevision('service_health', HEALTH_KEY)) this.addSql(statement);
    for (const statement of withRevision('usage_statistics', USAGE_KEY)) this.addSql(statement);

    // Codes are compared byte by byte: an index of millions of rows is made twice as fast as by a language's rules.
    this.addSql(`create table dossier_statistics (
      province_code text collate "C" not null, commune_code text collate "C" not null default '',
      procedure_code text collate "C" not null, source_id text collate "C" not null, day timestamptz not null,
      revision integer not null default 0 check (revision >= 0),
      received integer not null, online integer not null, on_time integer not null, overdue integer not null,
      recorded_at timestamptz not null, detail jsonb, run_id bigint,
      primary key (province_code, commune_code, procedure_code, source_id, day, revision)
    ) partition by range (day)`);
    this.addSql('create table dossier_statistics_default partition of dossier_statistics default');
    // What a correction replaces is sought among corrections only: they are few, and this index costs the other rows nothing.
    this.addSql(
      'create index dossier_statistics_revised on dossier_statistics (day, province_code) where revision > 0',
    );
    this.addSql(`comment on column dossier_statistics.commune_code is 'Empty: the province as a whole.'`);

    this.addSql(`create table dossier_day (
      province_code text not null, day timestamptz not null, source_id text not null, of_communes boolean not null,
      row_count bigint not null, received bigint not null, online bigint not null, on_time bigint not null,
      overdue bigint not null, updated_at timestamptz not null,
      primary key (province_code, day, source_id, of_communes))`);
    this.addSql(`comment on table dossier_day is 'The newest rows of dossier_statistics, added up as they come.'`);
  }

  override down(): void {
    this.addSql('drop table dossier_day, dossier_statistics');
    for (const statement of withoutRevision('usage_statistics', USAGE_KEY)) this.addSql(statement);
    for (const statement of withoutRevision('service_health', HEALTH_KEY)) this.addSql(statement);
  }
}
