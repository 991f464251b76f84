import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { ConnectorContext, ConvertedRecord, ReadPage, ReadRecord, RejectedRecord } from './connector.ts';
import { DriftNotes } from './drift.ts';
import type { RejectionSetting } from './rejection.ts';
import type { MapContext, Stream } from './stream.ts';

export interface Conversion<Config> {
  readonly stream: Stream<Config>;
  readonly config: Config;
  readonly context: Pick<ConnectorContext, 'credentials'>;
  readonly lookups: MapContext<Config>['lookups'];
  readonly domainNow: Date;
}

/** What the records of a page say, which of them were rejected, and what was noticed of their form. */
export function convertPage<Config>(
  conversion: Conversion<Config>,
  records: readonly unknown[],
): Pick<ReadPage, 'records' | 'observations' | 'rejections' | 'drift' | 'read'> {
  const sound: ReadRecord[] = [];
  const rejections: RejectedRecord[] = [];
  const notes = new DriftNotes(Object.values(conversion.context.credentials));
  for (const record of records) {
    conversion.stream.noteNewFields(record, notes);
    const converted = convertRecord(conversion, record, notes);
    if ('rejection' in converted) rejections.push(converted.rejection);
    else sound.push({ record, observations: converted.observations });
  }
  const observations = sound.flatMap((one) => one.observations);
  return { records: sound, observations, rejections, drift: notes.list(), read: records.length };
}

/** What one record gives, e.g. one that was rejected before. */
export function convertRecord<Config>(
  { stream, config, context, lookups, domainNow }: Conversion<Config>,
  record: unknown,
  notes = new DriftNotes(),
): ConvertedRecord {
  const setting: RejectionSetting = {
    stream: stream.name,
    contractVersion: stream.contractVersion,
    secrets: Object.values(context.credentials),
  };
  return stream.convert(record as Json, { config, lookups, domainNow }, setting, notes);
}
