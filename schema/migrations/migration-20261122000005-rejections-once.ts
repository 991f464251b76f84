import { Migration } from '@mikro-orm/migrations';

/**
 * Equal rejections are one row that counts how often it came. Rows that are there are kept; of equal ones the first, with
 * the counts of all, open if any of them was. On the way back the counts are lost.
 */
export class Migration20261122000005RejectionsOnce extends Migration {
  override up(): void {
    this.addSql(`alter table rejection add column count integer not null default 1, add column last_at timestamptz,
      add column hash text`);
    this.addSql(`update rejection set last_at = at, hash = encode(sha256(convert_to(
      jsonb_build_array(record, reason, path, contract_version)::text, 'UTF8')), 'hex')`);
    this.addSql(`create temporary table equal_rejection on commit drop as
      select min(id) as id, source_id, stream, hash, count(*)::integer as count, min(at) as at, max(at) as last_at,
        max(domain_at) as domain_at, (array_agg(run_id order by id desc))[1] as run_id,
        case when bool_and(settled_at is not null) then max(settled_at) end as settled_at,
        case when bool_and(settled_at is not null) then (array_agg(settled_by_run order by id desc))[1] end
          as settled_by_run
      from rejection group by source_id, stream, hash having count(*) > 1`);
    this.addSql(`delete from rejection r using equal_rejection e
      where r.source_id = e.source_id and r.stream = e.stream and r.hash = e.hash and r.id <> e.id`);
    this.addSql(`update rejection r set count = e.count, at = e.at, last_at = e.last_at, domain_at = e.domain_at,
        run_id = e.run_id, settled_at = e.settled_at, settled_by_run = e.settled_by_run
      from equal_rejection e where r.id = e.id`);
    this.addSql(`alter table rejection alter column last_at set not null, alter column hash set not null`);
    this.addSql(`create unique index rejection_same on rejection (source_id, stream, hash)`);
    this.addSql(`comment on table rejection is
      'Records that were not taken; equal ones, of the same reason and contract, are one row. at: when it first came.'`);
    this.addSql(`comment on column rejection.hash is 'SHA-256 of record, reason, path and contract version.'`);
  }

  override down(): void {
    this.addSql(`drop index rejection_same`);
    this.addSql(`comment on table rejection is null`);
    this.addSql(`alter table rejection drop column count, drop column last_at, drop column hash`);
  }
}
