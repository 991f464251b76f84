/** Why a change stands in the log. */
export type ChangeCause = 'OBSERVED' | 'CORRECTED' | 'CORRECTION_WITHDRAWN' | 'STALE' | 'ABSENT' | 'RECOMPUTED';
