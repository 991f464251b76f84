import { Migration } from '@mikro-orm/migrations';

/** Catalogues of upstreams by which codes are translated, as they were last read. */
export class Migration20261130000022KeptLookups extends Migration {
  override up(): void {
    this.addSql(`create table kept_lookup (
      source_id text not null references source, name text not null, entries jsonb not null, read_at timestamptz not null,
      primary key (source_id, name))`);
    this.addSql(`comment on table kept_lookup is
      'What stored answers and rejected records are translated by when they are read again: their upstream is not asked.'`);
    this.addSql(`comment on column kept_lookup.read_at is 'When they were first read as they are.'`);
  }

  override down(): void {
    this.addSql('drop table kept_lookup');
  }
}
