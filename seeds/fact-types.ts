/** The shapes of the files in `seeds/data`, as far as code reads them; see the README beside them for what they hold. */

export interface ProvinceFact {
  readonly code: string;
  readonly name: string;
  readonly kind: 'city' | 'province';
  readonly formerProvinces: readonly string[];
  readonly communeCount: number;
}
export interface ProvincesFile {
  readonly provinces: readonly ProvinceFact[];
}

export type SystemCode = 'TTHC' | 'QLVB' | 'HOP' | 'LGSP' | 'BAOCAO';
/** UNKNOWN: the appendix does not say how far the system is. */
export type StatedStatus = 'UNKNOWN' | 'PREPARING' | 'CONFIGURING' | 'PILOT' | 'READY' | 'OPERATING';

export interface DeploymentFact {
  readonly province: string;
  readonly system: SystemCode;
  readonly vendors: readonly string[];
  readonly formerVendors: readonly string[];
  readonly status: StatedStatus;
  readonly note: string | null;
  readonly difficulty: string | null;
}
/** What the summary (part 1.1) says of a vendor and a system; large vendors are counted without naming provinces. */
export interface SummaryClaimFact {
  readonly system: SystemCode;
  readonly vendor: string;
  readonly claimedCount: number;
  readonly of: number;
  readonly claimedPercent: number | null;
  readonly namedProvinces: readonly string[];
}
/** Where the summary and the appendix disagree, in words; `provinces` is empty where no province is concerned. */
export interface DocumentConflictFact {
  readonly system: SystemCode;
  readonly vendor: string | null;
  readonly provinces: readonly string[];
  readonly summary: string;
  readonly appendix: string;
}
export interface DeploymentsFile {
  readonly reportDate: string;
  readonly systems: readonly { readonly id: SystemCode; readonly name: string; readonly nameEn: string }[];
  readonly vendors: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: 'enterprise' | 'self-built';
  }[];
  readonly deployments: readonly DeploymentFact[];
  readonly summaryClaims: readonly SummaryClaimFact[];
  readonly conflicts: readonly DocumentConflictFact[];
}

export interface CriterionFact {
  readonly id: string;
  readonly section: string;
  readonly group: string;
  readonly name: string;
  readonly nameEn: string;
  readonly system: SystemCode | null;
  readonly deadline: string | null;
  readonly deadlineText: string | null;
  readonly completedCount: number;
  readonly total: number;
  readonly deltaSinceYesterday: number;
  readonly notCompleted: readonly string[];
}
export interface DifficultyFact {
  /** Null for difficulties of a whole section that belong to no criterion. */
  readonly criterion: string | null;
  readonly section: string;
  readonly province: string;
  readonly category: string;
  readonly text: string;
}
export interface ReadinessFile {
  readonly asOf: string;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly criteria: readonly CriterionFact[];
  readonly difficulties: readonly DifficultyFact[];
  readonly dispatch: {
    readonly progressAt: string;
    readonly progress: readonly { readonly criterion: string; readonly completedCount: number }[];
  };
}

export interface UsageFiguresFact {
  readonly usersLoggedIn: number;
  readonly logins: number;
  readonly incomingDocuments: number;
  readonly outgoingDocuments: number;
  readonly transfers: number;
}
/** The totals are those that the document states; where the rows add up to others, neither is mended. */
export interface PartyOperationsFile {
  /** First and last day. */
  readonly period: { readonly from: string; readonly to: string };
  readonly provincialUsage: readonly (UsageFiguresFact & {
    readonly formerProvince: string;
    readonly province: string;
  })[];
  readonly centralUsage: readonly (UsageFiguresFact & { readonly unit: string })[];
  readonly provincialTotals: UsageFiguresFact;
  readonly centralTotals: UsageFiguresFact;
}
