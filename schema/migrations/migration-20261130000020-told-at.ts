import { Migration } from '@mikro-orm/migrations';

const TABLES = ['service_health', 'usage_statistics', 'dossier_statistics'];

/**
 * When a source told a figure, which may be before the hub recorded it. Left empty in the rows that are there: a day of
 * dossiers is three million of them, and what is empty counts as told when it was recorded.
 */
export class Migration20261130000020ToldAt extends Migration {
  override up(): void {
    for (const table of TABLES) this.addSql(`alter table ${table} add column told_at timestamptz`);
  }

  override down(): void {
    for (const table of TABLES) this.addSql(`alter table ${table} drop column told_at`);
  }
}
