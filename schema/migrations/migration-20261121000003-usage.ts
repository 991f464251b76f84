import { Migration } from '@mikro-orm/migrations';

/** Use of the Party's document system, by unit and period. */
export class Migration20261121000003Usage extends Migration {
  override up(): void {
    this.addSql(`create table unit (
      code text primary key, name text not null, kind text not null check (kind in ('former-province', 'central-body')),
      province_code text references province, total boolean not null default false,
      check ((province_code is not null) = (kind = 'former-province' and not total)))`);
    this.addSql(`comment on column unit.total is 'No unit: holds the total that a source itself states of the kind.'`);
    this.addSql(`create table usage_statistics (
      unit_code text not null, source_id text not null, period_start timestamptz not null, period_end timestamptz not null,
      users integer not null, logins integer not null, documents_in integer not null, documents_out integer not null,
      documents_passed_on integer not null, recorded_at timestamptz not null, detail jsonb, run_id bigint,
      primary key (unit_code, source_id, period_start, period_end), check (period_start < period_end)
    ) partition by range (period_start)`);
    this.addSql('create table usage_statistics_default partition of usage_statistics default');
  }

  override down(): void {
    this.addSql('drop table usage_statistics, unit');
  }
}
