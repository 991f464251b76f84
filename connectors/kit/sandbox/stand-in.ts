import type { SourceFileInput } from '../source-file.ts';
import type { FaultName } from './faults.ts';
import type { SandboxSender } from './sender.ts';
import type { SandboxDependencies, SandboxUpstream } from './upstream.ts';

/** A source of the sandbox: where its upstream stands, and the names of its credentials. */
export interface SandboxAccount {
  /** Of the source, e.g. `lgsp-01`. */
  readonly id: string;
  /** Path below the sandbox's address, e.g. `/lgsp/01`. */
  readonly path: string;
  /** The connector's name of a credential, and the environment variable that holds it. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly province?: string;
}

/** A province as the sandbox knows it. */
export interface SandboxProvince {
  readonly code: string;
  readonly name: string;
}

/** An entry of the sources file, without what the account says already. */
export type StandInSource = Omit<SourceFileInput['sources'][number], 'id' | 'connector' | 'credentials'>;

/**
 * What of the key of a thing a record tells, be it one that a connector rejected or a row of its stand-in; members that
 * are no text are not told.
 */
export type KeyOf = (record: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** `True` for true; local times `yyyyMMddHHmmss`; "" for a time or a number that there is not; decomposed text. */
export type WireHabit = 'booleans-as-text' | 'local-times' | 'empty-for-none' | 'nfd';

/** What stands in for the upstreams of one connector; listed in `connectors/stand-ins.ts`. */
export interface StandIn {
  /** Id of the connector. */
  readonly connector: string;
  accounts(provinces: readonly SandboxProvince[]): readonly SandboxAccount[];
  /** The upstream of an account; `secrets` by the connector's names of its credentials. None where it only pushes. */
  create?(
    account: SandboxAccount,
    secrets: Readonly<Record<string, string>>,
    dependencies: SandboxDependencies,
  ): SandboxUpstream;
  /** Who pushes to the hub in the name of an account. */
  senders?(
    account: SandboxAccount,
    secrets: Readonly<Record<string, string>>,
    dependencies: Pick<SandboxDependencies, 'seed'>,
    provinces: readonly SandboxProvince[],
  ): readonly SandboxSender[];
  source(account: SandboxAccount, baseUrl: string, provinces: readonly SandboxProvince[]): StandInSource;
  /** How the inherited suite holds the connector against it. */
  readonly suite: {
    /** Where the clock of the sandbox stands; RFC 3339. */
    readonly at: string;
    /** The account that is read; default the first. */
    readonly account?: string;
    /** Faults that leave no trace at this upstream, e.g. paging faults where there is one page. */
    readonly unmoved: readonly FaultName[];
    /** It says again what it said earlier, until that is acknowledged. Default false. */
    readonly repeats?: boolean;
    /** Needed where the key of what a record is about does not stand in it word for word, or words stand in it by chance. */
    readonly keyOf?: KeyOf;
    /** What it has in common with its upstream, for the suite to see that it does. */
    readonly habits?: readonly WireHabit[];
  };
}
