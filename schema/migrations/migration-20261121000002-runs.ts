import { Migration } from '@mikro-orm/migrations';

/** Runs, rejections, checkpoints and keys: the hub's own state. */
export class Migration20261121000002Runs extends Migration {
  override up(): void {
    this.addSql(`create table sync_run (
      id bigint generated always as identity primary key, source_id text not null references source,
      trigger text not null check (trigger in ('schedule', 'request', 'command')),
      state text not null check (state in ('RUNNING', 'SUCCEEDED', 'PARTIAL', 'FAILED', 'CANCELLED')),
      worker text not null, started_at timestamptz not null, heartbeat_at timestamptz not null, finished_at timestamptz,
      asked integer not null default 0, read integer not null default 0, accepted integer not null default 0,
      unchanged integer not null default 0, rejected integer not null default 0, changes integer not null default 0,
      error_code text, error_message text, error_retryable boolean)`);
    this.addSql(`create index sync_run_source on sync_run (source_id, id desc)`);
    // Never two runs of one source at once, in the whole installation.
    this.addSql(`create unique index sync_run_running on sync_run (source_id) where state = 'RUNNING'`);
    this.addSql(`create table rejection (
      id bigint generated always as identity primary key, source_id text not null references source, run_id bigint,
      stream text not null, reason text not null, path text, record jsonb not null, contract_version text not null,
      at timestamptz not null)`);
    this.addSql(`create index rejection_source on rejection (source_id, id desc)`);
    this.addSql(`create table checkpoint (
      source_id text not null references source, stream text not null, state jsonb not null, updated_at timestamptz not null,
      primary key (source_id, stream))`);
    this.addSql(`create table api_key (
      id text primary key, name text not null, hash text not null unique, role text not null
        check (role in ('viewer', 'operator', 'source', 'admin')),
      provinces text[], sources text[], created_at timestamptz not null, created_by text not null,
      revoked_at timestamptz, revoked_by text)`);
  }

  override down(): void {
    this.addSql('drop table api_key, checkpoint, rejection, sync_run');
  }
}
