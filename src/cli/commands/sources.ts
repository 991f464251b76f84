import { Command } from 'commander';
import { sql } from 'kysely';
import { withDatabase } from '../open-database-for.ts';
import type { CommandParts } from '../program.ts';
import { toTable } from '../terminal.ts';

interface SourceLine {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  readonly enabled: boolean;
  readonly schedule: string | null;
  readonly state: string | null;
  readonly lastRunAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly error: string | null;
}

/** `lienthong sources`: every voice, when it was last read, and what is wrong with it. */
export function sourcesCommand({ terminal }: CommandParts): Command {
  return new Command('sources')
    .description('list the sources with their schedules and last runs')
    .option('--json', 'one JSON object a line')
    .action(async ({ json }: { json?: boolean }) => {
      const rows = await withDatabase(terminal, async (database) => {
        const found = await sql<SourceLine>`
          select s.id, s.name, s.connector, s.enabled, s.schedule, r.state, r.started_at as "lastRunAt",
            r.error_message as error,
            (select max(finished_at) from sync_run ok where ok.source_id = coalesce(s.parent_id, s.id)
              and ok.state in ('SUCCEEDED', 'PARTIAL')) as "lastSuccessAt"
          from source s left join lateral (select state, started_at, error_message from sync_run
            where source_id = coalesce(s.parent_id, s.id) order by id desc limit 1) r on true
          order by s.id`.execute(database.fork().getKysely());
        return found.rows;
      });
      if (json) for (const row of rows) terminal.out(JSON.stringify(row));
      else terminal.out(sourceTable(rows));
    });
}

function sourceTable(rows: readonly SourceLine[]): string {
  return toTable(
    ['SOURCE', 'CONNECTOR', 'SCHEDULE', 'LAST RUN', 'AT', ''],
    rows.map((row) => [
      row.id,
      row.connector,
      row.enabled ? row.schedule : 'off',
      row.state ?? 'never',
      row.lastRunAt?.toISOString() ?? '',
      row.error ?? '',
    ]),
  );
}
