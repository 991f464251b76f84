import { Migration } from '@mikro-orm/migrations';

/** The job queue is kept under the name that its library gives it; what stands in it moves along. */
export class Migration20261130000001JobsSchema extends Migration {
  override up(): void {
    this.addSql(renameSchema('lienthong_jobs', 'bullmq'));
  }

  override down(): void {
    this.addSql(renameSchema('bullmq', 'lienthong_jobs'));
  }
}

/** Where nobody has opened the queue yet there is no schema, and the first who does makes it. */
function renameSchema(from: string, to: string): string {
  return `do $$ begin
    if to_regnamespace('${from}') is not null and to_regnamespace('${to}') is null then
      alter schema ${from} rename to ${to};
    end if;
  end $$`;
}
