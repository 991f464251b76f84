import { sql } from 'kysely';
import type { KeptLookups } from '../../../connectors/kit/lookup.ts';
import { storableJson } from '../../../schema/kinds/storable-json.ts';
import type { Database } from '../../database/open-database.ts';
import type { Clock } from '../../lib/clock.ts';

/** The catalogues of a source as they were last read. One that is read again as it was is not written again. */
export function keptLookups(
  { database, clock }: { readonly database: Pick<Database, 'fork'>; readonly clock: Clock },
  sourceId: string,
): KeptLookups {
  return {
    async load(name) {
      const found = await sql<{ entries: [string, string][] }>`select entries from kept_lookup
        where source_id = ${sourceId} and name = ${name}`.execute(database.fork().getKysely());
      return found.rows[0] && new Map(found.rows[0].entries);
    },
    async keep(name, entries) {
      const rows = JSON.stringify(storableJson([...entries] as [string, string][]));
      await sql`insert into kept_lookup as kept (source_id, name, entries, read_at)
        values (${sourceId}, ${name}, ${rows}::jsonb, ${clock.now()})
        on conflict (source_id, name) do update set entries = excluded.entries, read_at = excluded.read_at
        where kept.entries is distinct from excluded.entries`.execute(database.fork().getKysely());
    },
  };
}
