import type { MigrationsOptions } from '@mikro-orm/core';
import { Migration20261121000001Facts } from '../../schema/migrations/migration-20261121000001-facts.ts';
import { Migration20261121000002Runs } from '../../schema/migrations/migration-20261121000002-runs.ts';
import { Migration20261121000003Usage } from '../../schema/migrations/migration-20261121000003-usage.ts';

/**
 * Every step, oldest first. Named one by one: a glob would find other files in `dist/` and in tests than in the
 * sources. The name is what the database remembers, so it never changes.
 */
export const migrationsList = [
  { name: 'migration-20261121000001-facts', class: Migration20261121000001Facts },
  { name: 'migration-20261121000002-runs', class: Migration20261121000002Runs },
  { name: 'migration-20261121000003-usage', class: Migration20261121000003Usage },
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
