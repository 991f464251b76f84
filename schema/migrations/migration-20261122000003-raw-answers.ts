import { Migration } from '@mikro-orm/migrations';

/** Raw answers, what drifts, rejections that were settled, and what all workers share of an upstream. */
export class Migration20261122000003RawAnswers extends Migration {
  override up(): void {
    this.addSql(`alter table sync_run drop constraint sync_run_trigger_check, add constraint sync_run_trigger_check
      check (trigger in ('schedule', 'request', 'command', 'backfill', 'replay', 'push'))`);
    this.addSql(`alter table rejection add column domain_at timestamptz, add column settled_at timestamptz,
      add column settled_by_run bigint`);
    this.addSql(`comment on column rejection.domain_at is
      'By the clock of the domain, when the record was asked for: what has no time of its own was observed then.'`);
    this.addSql(`create index rejection_open on rejection (source_id, stream, id) where settled_at is null`);
    // Leaves room below the number of a correction for the version of the contract that a statement was read by.
    this.addSql(`update observation set revision = revision * 10000000 where revision between 1 and 1000000`);
    this.addSql(`create table raw_answer (
      id bigint generated always as identity primary key, source_id text not null references source, run_id bigint,
      stream text not null, request jsonb not null, request_hash text not null, headers jsonb not null,
      hash text not null, bytes bigint not null, kept_bytes bigint not null, is_kept boolean not null,
      domain_requested_at timestamptz not null, domain_last_at timestamptz not null,
      first_seen_at timestamptz not null, last_seen_at timestamptz not null, until timestamptz not null)`);
    this.addSql(`comment on table raw_answer is
      'An answer as the upstream gave it, or a row of equal ones to one request: when it was first and last given.'`);
    this.addSql(`create index raw_answer_request on raw_answer (source_id, stream, request_hash, id desc)`);
    this.addSql(
      `create index raw_answer_source on raw_answer (source_id, last_seen_at desc, id desc) include (kept_bytes)`,
    );
    this.addSql(`create index raw_answer_until on raw_answer (until)`);
    this.addSql(`create table raw_answer_part (
      answer_id bigint not null references raw_answer on delete cascade, nth integer not null, body bytea not null,
      primary key (answer_id, nth))`);
    // It is compressed already.
    this.addSql(`alter table raw_answer_part alter column body set storage external`);
    this.addSql(`create table source_notice (
      id bigint generated always as identity primary key, source_id text not null references source,
      stream text not null, kind text not null check (kind in ('NEW_FIELD', 'TYPE_CHANGED', 'UNMAPPED_CODE')),
      path text not null, sample text not null, count bigint not null, first_seen_at timestamptz not null,
      last_seen_at timestamptz not null, contract_version text not null, settled_at timestamptz)`);
    // Each unmapped code is a notice of its own; of a field the sample is only the latest example.
    this.addSql(`create unique index source_notice_of on source_notice
      (source_id, stream, kind, path, (case when kind = 'UNMAPPED_CODE' then sample else '' end))`);
    // After a crash of PostgreSQL these three are empty, which all who use them can bear.
    this.addSql(`create unlogged table upstream_turn (upstream text primary key, arrival double precision not null)`);
    this.addSql(`create unlogged table upstream_breaker (
      upstream text primary key, failures integer not null, opened_at timestamptz, probe_until timestamptz)`);
    this.addSql(`create unlogged table upstream_session (
      upstream text not null, seal text not null, sealed bytea, expires_at timestamptz, version bigint not null,
      lease_by text, lease_until timestamptz, failure jsonb, updated_at timestamptz not null,
      primary key (upstream, seal))`);
    // Not unlogged: what was spent of a day's budget must survive.
    this.addSql(`create table upstream_day (upstream text primary key, day date not null, taken integer not null)`);
  }

  override down(): void {
    this.addSql(`update observation set revision = revision / 10000000 where revision between 1 and 1000000000000`);
    this.addSql(`drop table upstream_day, upstream_session, upstream_breaker, upstream_turn, source_notice,
      raw_answer_part, raw_answer`);
    this.addSql(`drop index rejection_open`);
    this.addSql(`alter table rejection drop column domain_at, drop column settled_at, drop column settled_by_run`);
    this.addSql(`update sync_run set trigger = 'command' where trigger in ('backfill', 'replay', 'push')`);
    this.addSql(`alter table sync_run drop constraint sync_run_trigger_check, add constraint sync_run_trigger_check
      check (trigger in ('schedule', 'request', 'command'))`);
  }
}
