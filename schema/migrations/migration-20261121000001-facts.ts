import { Migration } from '@mikro-orm/migrations';

/** A state table of a fact kind: generic columns that unify writes, and typed columns that PostgreSQL derives from them. */
const stateTable = (table: string, typed: string[]): string => `
create table ${table} (
  id text primary key,
  attributes jsonb not null,
  conflicted text[] not null default '{}',
  stale_since timestamptz,
  updated_at timestamptz not null,
  updated_seq bigint not null,
  ${typed.join(',\n  ')}
)`;
const part = (column: string, index: number): string =>
  `${column} text not null generated always as (split_part(id, ':', ${index})) stored`;
const text = (column: string, name: string): string =>
  `${column} text generated always as (attributes->>'${name}') stored`;
const integer = (column: string, name: string): string =>
  `${column} integer generated always as ((attributes->>'${name}')::integer) stored`;
const codes = (column: string, name: string): string =>
  `${column} text[] generated always as (jsonb_text_array(attributes->'${name}')) stored`;
const time = (column: string, name: string): string =>
  `${column} timestamptz generated always as (iso_timestamptz(attributes->>'${name}')) stored`;

export class Migration20261121000001Facts extends Migration {
  override up(): void {
    // Both are declared immutable so that generated columns may use them; they are, for the forms that we store:
    // a JSON array of strings, and a time with an explicit zone.
    this.addSql(`create function jsonb_text_array(value jsonb) returns text[] language sql immutable parallel safe as $$
      select case jsonb_typeof(value) when 'array'
        then array(select jsonb_array_elements_text(value)) end $$`);
    this.addSql(`create function iso_timestamptz(value text) returns timestamptz language sql immutable parallel safe as
      $$ select value::timestamptz $$`);

    this.addSql(`create aggregate jsonb_merge(jsonb) (sfunc = jsonb_concat, stype = jsonb)`);

    this.addSql(`create table province (
      code text primary key, name text not null, kind text not null check (kind in ('city', 'province')),
      former_provinces text[] not null, commune_count integer not null)`);
    this.addSql(`create table system (
      code text primary key, name text not null, name_en text not null, national boolean not null default false)`);
    this.addSql(`create table vendor (
      code text primary key, name text not null, kind text not null check (kind in ('enterprise', 'self-built')))`);
    this.addSql(`create table criterion (
      id text primary key, position integer not null unique, section text not null, "group" text not null,
      name text not null, name_en text not null, system_code text references system,
      deadline timestamptz, deadline_text text)`);
    this.addSql(
      `create table target (code text primary key, name text not null, name_en text not null, kind text not null)`,
    );

    this.addSql(`create table source (
      id text primary key, connector text not null, name text not null, kind text not null default 'pull'
        check (kind in ('pull', 'push', 'operator', 'document')),
      parent_id text references source, scope_provinces text[],
      schedule text, ttl_seconds double precision, gone_after integer not null default 3 check (gone_after > 0),
      default_rank integer not null default 100, simulated boolean not null default false,
      enabled boolean not null default true)`);
    this.addSql(`comment on column source.ttl_seconds is 'Null: what it says never turns stale.'`);
    this.addSql(`insert into source (id, connector, name, kind, default_rank)
      values ('operator', 'operator', 'Operator corrections', 'operator', 0)`);
    this.addSql(`create table source_rank (
      source_id text not null references source on delete cascade, kind text not null, rank integer not null,
      primary key (source_id, kind))`);

    // What sources said. A row is a run of equal statements: first said of observed_from, last said of observed_until.
    // Only observed_until, revision, until_recorded_at, seen_at, stale, absent_* and head ever change; none of them is
    // indexed but head, so that a poll in which nothing changed stays a heap-only update.
    this.addSql(`create table observation (
      id bigint generated always as identity primary key,
      kind text not null, entity_id text not null, source_id text not null, stream text not null, facet text not null,
      observed_from timestamptz not null, observed_until timestamptz not null, revision bigint not null default 0,
      attributes jsonb not null, retracted boolean not null default false, evidence jsonb not null default '{}',
      recorded_at timestamptz not null, until_recorded_at timestamptz not null, seen_at timestamptz not null,
      stale boolean not null default false, absent_since timestamptz, absent_count integer not null default 0,
      head boolean not null, detail jsonb, run_id bigint,
      check (observed_from <= observed_until)
    ) with (fillfactor = 80)`);
    // The lane leads with its source, so that no index is a worse way to a head: without statistics (a new store)
    // PostgreSQL took an index on the source alone, and a batch of 10,000 read a hundred million rows.
    this.addSql(
      `create unique index observation_head on observation (source_id, stream, kind, entity_id, facet) where head`,
    );
    this.addSql(`create index observation_entity on observation (kind, entity_id) where head`);
    this.addSql(`create index observation_history on observation (kind, entity_id, observed_from)`);

    for (const statement of [
      stateTable('deployment', [
        part('province_code', 1),
        part('system_code', 2),
        codes('vendor_codes', 'vendors'),
        codes('former_vendor_codes', 'formerVendors'),
        text('status', 'status'),
        text('note', 'note'),
        text('difficulty', 'difficulty'),
      ]),
      stateTable('readiness', [
        part('province_code', 1),
        part('criterion_id', 2),
        `completed boolean generated always as ((attributes->>'completed')::boolean) stored`,
        `difficulties jsonb generated always as (attributes->'difficulties') stored`,
      ]),
      stateTable('link', [
        part('province_code', 1),
        part('target_code', 2),
        text('state', 'state'),
        integer('latency_ms', 'latencyMs'),
        time('last_success_at', 'lastSuccessAt'),
        text('detail', 'detail'),
      ]),
      stateTable('service_coverage', [
        part('province_code', 1),
        part('programme', 2),
        integer('offered', 'offered'),
        integer('required', 'required'),
      ]),
      stateTable('vendor_count', [
        part('system_code', 1),
        part('vendor_code', 2),
        integer('count', 'count'),
        integer('percent', 'percent'),
        integer('total', 'total'),
      ]),
      stateTable('criterion_count', [
        part('criterion_id', 1),
        integer('completed_count', 'completedCount'),
        integer('total', 'total'),
        integer('delta_since_yesterday', 'deltaSinceYesterday'),
      ]),
    ]) {
      this.addSql(statement);
    }
    this.addSql('create index deployment_system on deployment (system_code, province_code)');
    this.addSql('create index readiness_criterion on readiness (criterion_id, province_code)');
    this.addSql('create index link_target on link (target_code, province_code)');

    this.addSql(`create table service_health (
      province_code text not null, system_code text not null, vendor_code text not null, source_id text not null,
      measured_at timestamptz not null, uptime_percent double precision not null, cpu_percent double precision not null,
      memory_percent double precision not null, traffic_mbps double precision not null, alerts integer not null,
      recorded_at timestamptz not null, detail jsonb, run_id bigint,
      primary key (province_code, system_code, vendor_code, source_id, measured_at)
    ) partition by range (measured_at)`);
    this.addSql(`create table service_health_default partition of service_health default`);

    this.addSql(`create table conflict (
      id text primary key, kind text not null, entity_id text not null, attribute text not null,
      province_code text, system_code text, claims jsonb not null,
      opened_at timestamptz not null, updated_at timestamptz not null, closed_at timestamptz)`);
    this.addSql(`create unique index conflict_open on conflict (kind, entity_id, attribute) where closed_at is null`);
    this.addSql(`create index conflict_entity on conflict (kind, entity_id)`);

    // The change log. seq is assigned under an advisory lock that is held until commit, so numbers become visible in order.
    this.addSql(`create sequence change_seq as bigint`);
    this.addSql(`create table change (
      seq bigint primary key, tx bigint not null, last boolean not null, at timestamptz not null,
      kind text not null, entity_id text not null, operation text not null
        check (operation in ('CREATED', 'UPDATED', 'REMOVED')),
      before jsonb, after jsonb, attributes text[] not null, cause text not null, sources text[] not null, run_id bigint,
      province_code text, system_code text)`);
    this.addSql(`create index change_entity on change (kind, entity_id, seq)`);
    this.addSql(`create table change_log (
      singleton boolean primary key default true check (singleton), epoch text not null,
      oldest_seq bigint not null default 1)`);

    this.addSql(`create table correction (
      id text primary key, kind text not null, entity_id text not null, attributes jsonb not null,
      reason text not null, made_by text not null, made_at timestamptz not null,
      withdrawn_at timestamptz, withdrawn_by text, withdrawn_reason text)`);
    this.addSql(`create index correction_entity on correction (kind, entity_id)`);
  }

  override down(): void {
    this.addSql(`drop table correction, change_log, change, conflict, service_health, criterion_count, vendor_count,
      service_coverage, link, readiness, deployment, observation, source_rank, source, target, criterion, vendor,
      system, province`);
    this.addSql('drop sequence change_seq');
    this.addSql('drop aggregate jsonb_merge(jsonb)');
    this.addSql('drop function jsonb_text_array(jsonb)');
    this.addSql('drop function iso_timestamptz(text)');
  }
}
