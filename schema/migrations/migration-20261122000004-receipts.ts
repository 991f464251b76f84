import { Migration } from '@mikro-orm/migrations';

/** What was pushed to the hub: one row for each delivery that was taken, by which a redelivery is known. */
export class Migration20261122000004Receipts extends Migration {
  override up(): void {
    this.addSql(`create table receipt (
      id text primary key, source_id text not null references source, sender text not null, event_id text,
      content_hash text not null, content_type text not null, bytes integer not null,
      state text not null check (state in ('ACCEPTED', 'PARTIAL')), received_at timestamptz not null,
      deliveries integer not null default 1, last_delivered_at timestamptz not null, run_id bigint not null,
      read integer not null default 0, accepted integer not null default 0, unchanged integer not null default 0,
      rejected integer not null default 0, changes integer not null default 0,
      problems jsonb not null default '[]', ignored_fields text[] not null default '{}')`);
    this.addSql(`comment on column receipt.sender is 'The id of the key that pushed; empty where the sender signs.'`);
    this.addSql(`comment on column receipt.event_id is 'What the sender calls the event; null: known by its content.'`);
    this.addSql(
      `create unique index receipt_event on receipt (source_id, sender, event_id) where event_id is not null`,
    );
    this.addSql(`create index receipt_content on receipt (source_id, sender, received_at desc)`);
    this.addSql(`create index receipt_received on receipt (received_at)`);
  }

  override down(): void {
    this.addSql(`drop table receipt`);
  }
}
