import type { MigrationsOptions } from '@mikro-orm/core';
import { Migration20261121000001Facts } from '../../schema/migrations/migration-20261121000001-facts.ts';
import { Migration20261121000002Runs } from '../../schema/migrations/migration-20261121000002-runs.ts';
import { Migration20261121000003Usage } from '../../schema/migrations/migration-20261121000003-usage.ts';
import { Migration20261122000001Dossiers } from '../../schema/migrations/migration-20261122000001-dossiers.ts';
import { Migration20261122000002SourceActions } from '../../schema/migrations/migration-20261122000002-source-actions.ts';
import { Migration20261122000003RawAnswers } from '../../schema/migrations/migration-20261122000003-raw-answers.ts';
import { Migration20261122000004Receipts } from '../../schema/migrations/migration-20261122000004-receipts.ts';
import { Migration20261122000005RejectionsOnce } from '../../schema/migrations/migration-20261122000005-rejections-once.ts';
import { Migration20261122000006RunProgress } from '../../schema/migrations/migration-20261122000006-run-progress.ts';
import { Migration20261130000001JobsSchema } from '../../schema/migrations/migration-20261130000001-jobs-schema.ts';
import { Migration20261130000020ToldAt } from '../../schema/migrations/migration-20261130000020-told-at.ts';
import { Migration20261130000021SenderScope } from '../../schema/migrations/migration-20261130000021-sender-scope.ts';
import { Migration20261130000022KeptLookups } from '../../schema/migrations/migration-20261130000022-kept-lookups.ts';

/**
 * Every step, oldest first. Named one by one: a glob would find other files in `dist/` and in tests than in the
 * sources. The name is what the database remembers, so it never changes.
 */
export const migrationsList = [
  { name: 'migration-20261121000001-facts', class: Migration20261121000001Facts },
  { name: 'migration-20261121000002-runs', class: Migration20261121000002Runs },
  { name: 'migration-20261121000003-usage', class: Migration20261121000003Usage },
  { name: 'migration-20261122000001-dossiers', class: Migration20261122000001Dossiers },
  { name: 'migration-20261122000002-source-actions', class: Migration20261122000002SourceActions },
  { name: 'migration-20261122000003-raw-answers', class: Migration20261122000003RawAnswers },
  { name: 'migration-20261122000004-receipts', class: Migration20261122000004Receipts },
  { name: 'migration-20261122000005-rejections-once', class: Migration20261122000005RejectionsOnce },
  { name: 'migration-20261122000006-run-progress', class: Migration20261122000006RunProgress },
  { name: 'migration-20261130000001-jobs-schema', class: Migration20261130000001JobsSchema },
  { name: 'migration-20261130000020-told-at', class: Migration20261130000020ToldAt },
  { name: 'migration-20261130000021-sender-scope', class: Migration20261130000021SenderScope },
  { name: 'migration-20261130000022-kept-lookups', class: Migration20261130000022KeptLookups },
] as const;

export const MIGRATION_TABLE = 'schema_migration';

export const migrationsOptions: MigrationsOptions = {
  tableName: MIGRATION_TABLE,
  migrationsList: [...migrationsList],
  allOrNothing: true,
  disableForeignKeys: false,
  snapshot: false,
  silent: true,
};
