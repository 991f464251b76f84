import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { Json } from '../kinds/fact-kind.ts';
import { bigint, codes, json, nullable, text, time } from './columns.ts';

/**
 * What all state tables have: the unified attributes of one entity. Written by `src/unify` alone; the typed columns of
 * the tables below follow from `id` and `attributes`.
 */
@Entity({ abstract: true })
export abstract class StateRow {
  /** The key parts joined by `:`. */
  @PrimaryKey(text()) id!: string;
  @Property(json()) attributes!: Readonly<Record<string, Json>>;
  /** Names of the attributes on which fresh sources disagree. */
  @Property(codes()) conflicted!: string[];
  /** Since when no source that was chosen is fresh any more; null while one is. */
  @Property({ ...time(), ...nullable }) staleSince!: Date | null;
  @Property(time()) updatedAt!: Date;
  /** Of the change that last altered it. */
  @Property(bigint()) updatedSeq!: number;
}
