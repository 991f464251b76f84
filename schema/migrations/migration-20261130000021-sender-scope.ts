import { Migration } from '@mikro-orm/migrations';

const TABLES = ['raw_answer', 'rejection'];

/** Of whom a key may speak, kept with what was sent with it, so that it holds too when that is read again. */
export class Migration20261130000021SenderScope extends Migration {
  override up(): void {
    for (const table of TABLES) {
      this.addSql(`alter table ${table} add column provinces text[]`);
      this.addSql(`comment on column ${table}.provinces is
        'Of whom the key spoke that it was sent with. Null: of all, or it was asked for.'`);
    }
  }

  override down(): void {
    for (const table of TABLES) this.addSql(`alter table ${table} drop column provinces`);
  }
}
