import type { StandIn, StandInSource } from './stand-in.ts';

export interface VendorStandInOptions extends Pick<StandIn, 'senders'> {
  /** Of the connector, of its one source, and the first part of its path. */
  readonly id: string;
  readonly name: string;
  /** The connector's names of its credentials, e.g. `clientId`; in the sandbox `VNPT_CLIENT_ID` holds it. Default none. */
  readonly credentials?: readonly string[];
  readonly create: NonNullable<StandIn['create']>;
  /** Seconds between two reads; a fifth of it is jitter. Default 10. */
  readonly everySeconds?: number;
  /** Default five minutes. */
  readonly ttl?: StandInSource['ttl'];
  /** Beside the address. */
  readonly config?: StandInSource['config'];
  /** Faults that leave no trace at it, beside sessions that die and are renewed. */
  readonly unmoved?: StandIn['suite']['unmoved'];
  readonly habits?: NonNullable<StandIn['suite']['habits']>;
}

/** Where the clock stands when the suite reads a vendor: the moment of the report of 27 June. */
const REPORT_AT = '2025-06-27T12:15:00+07:00';

/**
 * The stand-in of a vendor: one account, below the Ministry's report in what it says of systems and alone in what it says
 * of their health.
 */
export function vendorStandIn(options: VendorStandInOptions): StandIn {
  const {
    id,
    name,
    credentials = [],
    create,
    senders,
    everySeconds = 10,
    ttl = 'PT5M',
    config,
    unmoved = [],
    habits = [],
  } = options;
  const variables = credentials.map((credential) => [credential, variableOf(id, credential)]);
  return {
    connector: id,
    accounts: () => [{ id, path: `/${id}`, credentials: Object.fromEntries(variables) }],
    create,
    ...(senders && { senders }),
    source: (_account, baseUrl) => ({
      name,
      config: { baseUrl, ...config },
      schedule: { everySeconds, jitterSeconds: everySeconds / 5 },
      ttl,
      precedence: { default: 20, serviceHealth: 10 },
    }),
    suite: { at: REPORT_AT, unmoved: ['session-dies', ...unmoved], habits },
  };
}

/** `clientId` of `vnpt` is `VNPT_CLIENT_ID`. */
const variableOf = (id: string, credential: string): string =>
  `${id}_${credential.replace(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase();
