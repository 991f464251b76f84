import type { ReferenceData } from '../reading/reference-data.ts';
import type { SourceView } from '../reading/views.ts';

export interface SourceFilter {
  readonly sources?: readonly string[] | null;
  readonly connectors?: readonly string[] | null;
  readonly kinds?: readonly string[] | null;
  readonly provinces?: readonly string[] | null;
  readonly enabled?: boolean | null;
}

/** Whether a source passes a filter. Throws BAD_USER_INPUT at once for a source or province that there is not. */
export function sourcePredicate(
  filter: SourceFilter | null | undefined,
  reference: ReferenceData,
): (source: SourceView) => boolean {
  if (!filter) return () => true;
  const { connectors, kinds, enabled } = filter;
  const sources = filter.sources && reference.codes('Source', filter.sources);
  const provinces = filter.provinces && reference.codes('Province', filter.provinces);
  return (source) =>
    (!sources || sources.includes(source.code)) &&
    (!connectors || connectors.includes(source.connector)) &&
    (!kinds || kinds.includes(source.kind)) &&
    (!provinces || !source.scopeProvinces || source.scopeProvinces.some((code) => provinces.includes(code))) &&
    (enabled == null || source.enabled === enabled);
}
