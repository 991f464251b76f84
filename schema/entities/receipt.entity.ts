import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import type { Json } from '../kinds/fact-kind.ts';
import { bigint, codes, integer, json, nullable, text, time } from './columns.ts';

/** A delivery that was pushed and taken; kept for a time, so that a redelivery is known. */
@Entity({ tableName: 'receipt' })
export class ReceiptRow {
  @PrimaryKey(text()) id!: string;
  @Property(text()) sourceId!: string;
  /** The id of the key that pushed; empty where the sender signs. */
  @Property(text()) sender!: string;
  @Property({ ...text(), ...nullable }) eventId!: string | null;
  @Property(text()) contentHash!: string;
  @Property(text()) contentType!: string;
  @Property(integer()) bytes!: number;
  @Property(text()) state!: 'ACCEPTED' | 'PARTIAL';
  @Property(time()) receivedAt!: Date;
  @Property(integer()) deliveries!: number;
  @Property(time()) lastDeliveredAt!: Date;
  @Property(bigint()) runId!: number;
  @Property(integer()) read!: number;
  @Property(integer()) accepted!: number;
  @Property(integer()) unchanged!: number;
  @Property(integer()) rejected!: number;
  @Property(integer()) changes!: number;
  @Property(json()) problems!: Json;
  @Property(codes()) ignoredFields!: string[];
}
