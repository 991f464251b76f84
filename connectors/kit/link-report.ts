import type { FactObservation, ObservationDetail } from '../../schema/observation.ts';
import { type MappedCode, unmappedDetail } from './code-map.ts';
import { RecordError } from './record-error.ts';
import { statementOrRetraction, statements } from './statements.ts';

/** A connection of a province, as one side of it reports it. */
export interface LinkReport {
  readonly province: string;
  readonly target: string;
  /** Through the code map of the source. */
  readonly state: MappedCode<string>;
  /** What is not there (the latency of a dead link) is retracted, so that an old value does not stand on. */
  readonly latencyMs: number | null | undefined;
  readonly lastSuccessAt: Date | null | undefined;
  readonly note: string | null | undefined;
  readonly observedAt: Date | null;
  readonly detail?: ObservationDetail;
}

/** How a connection stands; each of its attributes may come and go by itself. */
export function reportLink(report: LinkReport): FactObservation[] {
  const { province, target, state, observedAt, detail } = report;
  const base = { kind: 'link', key: { province, target }, observedAt, detail: { ...detail } } as const;
  return [
    ...statements({ ...base, detail: { ...detail, ...unmappedDetail(state) } }, { state: state.value }),
    statementOrRetraction(base, 'latencyMs', report.latencyMs ?? undefined),
    statementOrRetraction(base, 'lastSuccessAt', report.lastSuccessAt?.toISOString()),
    statementOrRetraction(base, 'detail', report.note || undefined),
  ];
}

/** Throws a {@link RecordError} where a platform that is read for one province speaks of another. */
export function requireProvince(stated: string, config: { readonly province: string }, path: string): void {
  if (stated === config.province) return;
  throw new RecordError(`it speaks of province ${stated}, but is read for ${config.province}`, path);
}
