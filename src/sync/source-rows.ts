import type { SourceDefinition } from '../../connectors/kit/source-file.ts';
import { scheduleText } from '../lib/schedule.ts';
import { voiceSourceId } from './configured-source.ts';

/** A row of `source` with its rows of `source_rank`. */
export interface SourceRow {
  readonly id: string;
  readonly connector: string;
  readonly name: string;
  readonly kind: 'pull' | 'push' | 'document';
  readonly parent_id: string | null;
  readonly scope_provinces: readonly string[] | null;
  readonly schedule: string | null;
  readonly ttl_seconds: number | null;
  readonly gone_after: number;
  readonly default_rank: number;
  readonly simulated: boolean;
  readonly ranks: Readonly<Record<string, number>>;
}

/** Where a source that names no precedence stands. */
const DEFAULT_RANK = 100;

/** The rows of a source of the file: its own, and one for each of its voices. */
export function sourceRows(definition: SourceDefinition, simulated: boolean): SourceRow[] {
  const { id, connector, name, scope, schedule, voices } = definition;
  const common = {
    connector,
    scope_provinces: scope?.province ? [scope.province] : null,
    gone_after: definition.goneAfter,
    simulated,
  };
  const own: SourceRow = {
    ...common,
    id,
    name: (name ?? id).normalize('NFC'),
    // Who is asked has a schedule; the sources file is held to that.
    kind: schedule ? 'pull' : 'push',
    parent_id: null,
    schedule: schedule ? scheduleText(schedule) : null,
    ttl_seconds: definition.ttl,
    ...ranksOf(definition.precedence),
  };
  const spoken = Object.entries(voices).map(
    ([voice, claims]): SourceRow => ({
      ...common,
      id: voiceSourceId(id, voice),
      name: claims.name.normalize('NFC'),
      kind: 'document',
      parent_id: id,
      schedule: null,
      ttl_seconds: claims.ttl,
      ...ranksOf(claims.precedence),
    }),
  );
  return [own, ...spoken];
}

function ranksOf(precedence: Readonly<Record<string, number>>) {
  const { default: defaultRank, ...ranks } = precedence;
  return { default_rank: defaultRank ?? DEFAULT_RANK, ranks };
}
