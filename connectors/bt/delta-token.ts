import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';

export type Entity = Readonly<Record<string, Json>>;
/** What a client has been given, by id: a hash of the entity. */
type Given = Readonly<Record<string, string>>;

/** By the clock of the sandbox. */
const TOKEN_LIFE_MS = 12 * 3_600_000;
const tokenShape = z.object({ at: z.iso.datetime(), given: z.record(z.string(), z.string()) });

export function deltaToken(given: Given, now: Date): string {
  return Buffer.from(JSON.stringify({ at: now.toISOString(), given })).toString('base64url');
}

/** What the holder of a token has been given; undefined where it is too old, or none. */
export function readDeltaToken(token: string, now: Date): Given | undefined {
  try {
    const { at, given } = tokenShape.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
    return now.getTime() - Date.parse(at) <= TOKEN_LIFE_MS ? given : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What of the entities that are shown is new to a client, which ids are no longer held at all, and what it knows after
 * that. One that is held but not shown for once is neither, and comes with the next delta where it is new.
 */
export function changesSince(
  given: Given,
  shown: readonly Entity[],
  held: readonly Entity[],
): { readonly entities: readonly Entity[]; readonly removed: readonly string[]; readonly known: Given } {
  const ids = new Set(held.map(idOf));
  const removed = Object.keys(given).filter((id) => !ids.has(id));
  const entities = shown.filter((entity) => given[idOf(entity)] !== hashOf(entity));
  const kept = Object.entries(given).filter(([id]) => ids.has(id));
  const known = { ...Object.fromEntries(kept), ...Object.fromEntries(entities.map((one) => [idOf(one), hashOf(one)])) };
  return { entities, removed, known };
}

const idOf = ({ Id }: Entity): string => String(Id);
const hashOf = (entity: Entity): string =>
  createHash('sha256').update(JSON.stringify(entity)).digest('base64url').slice(0, 12);
