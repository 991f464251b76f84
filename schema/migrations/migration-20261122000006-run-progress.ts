import { Migration } from '@mikro-orm/migrations';

/** How far a run has got, where its upstream says how much there is. */
export class Migration20261122000006RunProgress extends Migration {
  override up(): void {
    this.addSql(`alter table sync_run add column percent double precision check (percent between 0 and 100)`);
  }

  override down(): void {
    this.addSql(`alter table sync_run drop column percent`);
  }
}
