import type { Observation } from '../../schema/observation.ts';
import type { ConnectorContext, ReadPage, RejectedRecord } from './connector.ts';
import type { DecodedPage } from './paging/paginator.ts';
import type { RejectionSetting } from './rejection.ts';
import type { MapContext, Stream } from './stream.ts';

/** What the records of a page say, and which of them were rejected. A page that was not answered has no records. */
export function convertPage<Config>(
  stream: Stream<Config>,
  config: Config,
  context: ConnectorContext,
  lookups: MapContext<Config>['lookups'],
  page: DecodedPage | undefined,
): Pick<ReadPage, 'observations' | 'rejections' | 'read'> {
  const observations: Observation[] = [];
  const rejections: RejectedRecord[] = [];
  const mapContext: MapContext<Config> = { config, lookups, domainNow: context.domainClock.now() };
  const setting: RejectionSetting = {
    stream: stream.name,
    contractVersion: stream.contractVersion,
    secrets: Object.values(context.credentials),
  };
  for (const record of page?.records ?? []) {
    const converted = stream.convert(record, mapContext, setting);
    if ('rejection' in converted) rejections.push(converted.rejection);
    else observations.push(...converted.observations);
  }
  return { observations, rejections, read: page?.records.length ?? 0 };
}
