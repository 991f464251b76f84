import { loadProvinces } from '../facts.ts';
import { chance } from './chance.ts';
import { HOUR_MS, JUNE_END, JUNE_START } from './moments.ts';

/** The portal's programmes by the number of services (of service groups for 82) that a province has to offer. */
export const programmes = [
  { code: '25', required: 25 },
  { code: '982', required: 982 },
  { code: '82', required: 82 },
  { code: '1139', required: 1139 },
] as const;

export interface CoverageRow {
  readonly province: string;
  readonly programme: string;
  readonly offered: number;
  readonly required: number;
  /** When the count last moved, or might have. */
  readonly countedAt: Date;
}

/** Sources that are asked at different times contradict each other after a step; steps are rare, so that this is seldom seen. */
const STEP_MS = 96 * HOUR_MS;

/** How many services each province offers; all of it simulated. Grows in steps of four days and never shrinks. */
export function coverageAt(at: Date, seed: number): CoverageRow[] {
  const span = JUNE_END.getTime() - JUNE_START.getTime();
  const elapsed = Math.min(Math.max(at.getTime() - JUNE_START.getTime(), 0), span);
  return loadProvinces().provinces.flatMap(({ code: province }) => {
    return programmes.map(({ code: programme, required }) => {
      // Each steps at a minute of its own, so that something moves all through the day.
      const offset = Math.floor(chance(seed, province, programme, 'coverage step') * STEP_MS);
      const steppedMs = Math.floor((elapsed + offset) / STEP_MS) * STEP_MS;
      const progress = steppedMs / (span + STEP_MS);
      const countedAt = new Date(Math.floor((JUNE_START.getTime() + steppedMs - offset) / 1000) * 1000);
      const first = 0.5 + 0.3 * chance(seed, province, programme, 'first');
      const final = 0.88 + 0.12 * chance(seed, province, programme, 'final');
      return {
        province,
        programme,
        required,
        countedAt,
        offered: Math.floor(required * (first + (final - first) * progress)),
      };
    });
  });
}
