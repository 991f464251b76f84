import { Migration } from '@mikro-orm/migrations';

/** What people did to sources and why, whether a source is paused, and what a run is doing just now. */
export class Migration20261122000002SourceActions extends Migration {
  override up(): void {
    this.addSql(`create table source_action (
      id bigint generated always as identity primary key, source_id text not null references source,
      action text not null check (action in ('PAUSE', 'RESUME', 'RUN', 'BACKFILL', 'REPLAY', 'REPLAY_REJECTIONS',
        'RESET_CHECKPOINT', 'SETTLE_NOTICE')),
      arguments jsonb not null default '{}', reason text not null, made_by text not null, made_at timestamptz not null,
      run_id bigint)`);
    this.addSql(`comment on column source_action.run_id is
      'The run that it began or joined; the record of a run is removed before that of who asked for it.'`);
    this.addSql(`create index source_action_source on source_action (source_id, id desc)`);
    // Not part of what the sources file says, so registering the sources again leaves it alone.
    this.addSql(`alter table source add column paused_at timestamptz`);
    this.addSql(`alter table sync_run add column stream text, add column pages integer not null default 0,
      add column bytes bigint not null default 0, add column total integer`);
    this.addSql(`comment on column sync_run.stream is 'What it reads just now.'`);
    this.addSql(`comment on column sync_run.total is 'How many records there are to read, where that is known.'`);
  }

  override down(): void {
    this.addSql(`alter table sync_run drop column stream, drop column pages, drop column bytes, drop column total`);
    this.addSql(`alter table source drop column paused_at`);
    this.addSql(`drop table source_action`);
  }
}
