import type { Json, KeyPart } from './kinds/fact-kind.ts';
import type { FactKindName } from './kinds/index.ts';

/**
 * What goes with an observation to where it came from; shown in the provenance. `absent` and `returned` are names of the
 * hub; what a source says by them is dropped.
 */
export interface ObservationDetail {
  /** The document or message that says it, e.g. `001_48eabe5947b8b29c.txt`. */
  readonly document?: string;
  /** True for what the sandbox made up beyond the documents. */
  readonly simulated?: boolean;
  /** True for what follows from a document without standing in it. */
  readonly inferred?: boolean;
  /** The upstream's own id of the answer, message or event. */
  readonly correlationId?: string;
  /** The upstream's raw code, where an attribute came from a code map. */
  readonly rawCode?: string;
  /** The version of the code map that does not know `rawCode`. */
  readonly codeMapVersion?: string;
  readonly [key: string]: Json | undefined;
}

/**
 * Source S says that attribute values A hold for entity E, observed at time T. May be partial: attributes that are not
 * named are not spoken of. The source itself is known to whoever reads the connector, so it does not stand here.
 */
export interface FactObservation {
  readonly class: 'fact';
  readonly kind: FactKindName;
  readonly key: Readonly<Partial<Record<KeyPart, string>>>;
  /** T. Null where the upstream gives no time: then the moment at which the page was asked for counts. */
  readonly observedAt: Date | null;
  /** Orders statements about the same T, e.g. the number of a correction; 0 for the first. */
  readonly revision?: number;
  /** Values, or with `retract` the names (values null) of what the source no longer claims. */
  readonly attributes: Readonly<Record<string, Json>>;
  readonly retract?: boolean;
  /** Where one upstream speaks with two voices (a report and its summary), the voice: `khcn` + `summary` is the source `khcn-summary`. */
  readonly voice?: string;
  readonly detail?: ObservationDetail;
}

/** Health figures of one system of a province, measured by its vendor over the 24 hours before `measuredAt`. */
export interface ServiceHealthMeasurement {
  readonly class: 'measurement';
  readonly kind: 'serviceHealth';
  readonly key: { readonly province: string; readonly system: string; readonly vendor: string };
  readonly measuredAt: Date;
  readonly values: {
    /** Percent of the last 24 h. */
    readonly uptimePercent: number;
    /** Percent at the peak. */
    readonly cpuPercent: number;
    readonly memoryPercent: number;
    /** Megabit per second at the peak. */
    readonly trafficMbps: number;
    readonly alerts: number;
  };
  readonly detail?: ObservationDetail;
}

/** Use of the Party's document system by one unit in a period. */
export interface UsageStatisticsMeasurement {
  readonly class: 'measurement';
  readonly kind: 'usageStatistics';
  /** See `unitCode`. */
  readonly key: { readonly unit: string };
  /** The province that the source counts the unit to; refused where the hub counts it to another. Undefined: it does not say. */
  readonly province?: string;
  /** First moment of the period, and the first after it. */
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly values: {
    /** Accounts that logged in. */
    readonly users: number;
    /** Times that they did. */
    readonly logins: number;
    /** Incoming documents entered; outgoing documents entered or issued; times that documents were passed on. */
    readonly documentsIn: number;
    readonly documentsOut: number;
    readonly documentsPassedOn: number;
  };
  readonly detail?: ObservationDetail;
}

/** Dossiers of one procedure on one day, of a commune or of a province as a whole. */
export interface DossierStatisticsMeasurement {
  readonly class: 'measurement';
  readonly kind: 'dossierStatistics';
  readonly key: {
    readonly province: string;
    /** The source's own code of the commune. Undefined or `''`: the figures are of the whole province, its communes included. */
    readonly commune?: string;
    /** National code of the administrative procedure, e.g. `1.015045`. */
    readonly procedure: string;
  };
  /** The moment at which the local day (Asia/Ho_Chi_Minh) begins. */
  readonly day: Date;
  readonly values: {
    readonly received: number;
    /** Of those received, the ones that came in online. */
    readonly online: number;
    /** Settled that day: in time, and too late. They may have been received on an earlier day. */
    readonly onTime: number;
    readonly overdue: number;
  };
  readonly detail?: ObservationDetail;
}

/**
 * A figure of a period: appended, never unified. The same source may correct it later, which is a further row. Its kind
 * is declared in `kinds/measurements.ts`.
 */
export type Measurement = ServiceHealthMeasurement | UsageStatisticsMeasurement | DossierStatisticsMeasurement;

export type Observation = FactObservation | Measurement;
