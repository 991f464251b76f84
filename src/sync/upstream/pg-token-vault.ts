import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Token } from '../../../connectors/kit/auth/token-slot.ts';
import { SharedSignInError, type TokenVault } from '../../../connectors/kit/auth/token-vault.ts';
import { ConnectorError, type ConnectorErrorCode } from '../../../connectors/kit/connector-error.ts';
import type { Sleep } from '../../../connectors/kit/sleep.ts';
import type { AskDatabase } from './ask-database.ts';
import { createSeal, type Seal } from './seal.ts';

export interface TokenVaultParts {
  readonly ask: AskDatabase;
  readonly monotonicMs: () => number;
  readonly sleep: Sleep;
}

/** A worker that signs in says so for that long at a time; one that died is waited for no longer. */
const LEASE_MS = 15_000;
const LEASE_RENEWAL_MS = 5_000;
/** How often those who wait for another's sign-in look whether it is there. */
const LOOK_MS = 100;

const NEVER = new AbortController().signal;

interface SessionRow {
  readonly sealed: Buffer | null;
  readonly remainingMs: number | null;
  readonly version: number;
  readonly isLeased: boolean;
  readonly failure: { readonly code: ConnectorErrorCode; readonly message: string } | null;
}

/**
 * The session of one upstream for all workers: one row, sealed. Whoever finds it dead takes the lease of the row and
 * signs in; the others wait for what comes of it, also for its failure, so that bad credentials are not tried by each.
 */
export class PgTokenVault implements TokenVault {
  private seal: Promise<Seal> | undefined;
  private readonly holder = randomUUID();

  constructor(
    private readonly upstream: string,
    private readonly credentials: Readonly<Record<string, string>>,
    private readonly parts: TokenVaultParts,
  ) {}

  async renewed(
    refused: Token | undefined,
    renew: (previous: Token | undefined) => Promise<Token>,
    signal: AbortSignal,
  ): Promise<Token> {
    this.seal ??= createSeal(this.credentials, this.upstream);
    const seal = await this.seal;
    let awaited: number | undefined;
    for (;;) {
      const row = await this.look(seal, signal);
      const kept = tokenOf(row, seal, this.parts.monotonicMs());
      if (kept && kept.value !== refused?.value) return kept;
      if (row && awaited !== undefined && row.version > awaited && row.failure) {
        throw new SharedSignInError(row.failure.code, row.failure.message);
      }
      if (row?.isLeased) {
        awaited ??= row.version;
        await this.parts.sleep(LOOK_MS, signal);
      } else if (await this.takeLease(seal, row?.version ?? 0, signal)) {
        return await this.signIn(seal, () => renew(refused ?? kept), signal);
      }
    }
  }

  private async look(seal: Seal, signal: AbortSignal): Promise<SessionRow | undefined> {
    const found = await this.parts.ask(
      (db) =>
        sql<SessionRow>`select sealed, version, failure,
          extract(epoch from expires_at - clock_timestamp())::float8 * 1000 as "remainingMs",
          coalesce(lease_until > clock_timestamp(), false) as "isLeased"
        from upstream_session where upstream = ${this.upstream} and seal = ${seal.id}`.execute(db),
      signal,
    );
    return found.rows[0];
  }

  /** True for one of all who try, and only where nothing happened since `version` was seen. */
  private async takeLease(seal: Seal, version: number, signal: AbortSignal): Promise<boolean> {
    const taken = await this.parts.ask(
      (db) =>
        sql`insert into upstream_session as known (upstream, seal, version, lease_by, lease_until, updated_at)
        values (${this.upstream}, ${seal.id}, 0, ${this.holder},
          clock_timestamp() + ${LEASE_MS} * interval '1 millisecond', clock_timestamp())
        on conflict (upstream, seal) do update set lease_by = excluded.lease_by, lease_until = excluded.lease_until
          where known.version = ${version} and coalesce(known.lease_until <= clock_timestamp(), true)
        returning 1`.execute(db),
      signal,
    );
    return taken.rows.length > 0;
  }

  private async signIn(seal: Seal, renew: () => Promise<Token>, signal: AbortSignal): Promise<Token> {
    const keeping = setInterval(() => void this.keepLease(seal), LEASE_RENEWAL_MS);
    try {
      const token = await renew();
      await this.store(seal, token, signal);
      return token;
    } catch (error) {
      await this.release(seal, error).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(keeping);
    }
  }

  private async keepLease(seal: Seal): Promise<void> {
    const kept = this.parts.ask(
      (db) =>
        sql`update upstream_session set lease_until = clock_timestamp() + ${LEASE_MS} * interval '1 millisecond'
        where upstream = ${this.upstream} and seal = ${seal.id} and lease_by = ${this.holder}`.execute(db),
      NEVER,
    );
    await kept.catch(() => undefined);
  }

  /** A session that was got and cannot be stored serves this worker; the others sign in themselves once the lease ends. */
  private async store(seal: Seal, { expiresAtMs, ...token }: Token, signal: AbortSignal): Promise<void> {
    const remainingMs = expiresAtMs === undefined ? null : expiresAtMs - this.parts.monotonicMs();
    const sealed = seal.seal(JSON.stringify(token));
    const stored = this.parts.ask(
      (db) =>
        sql`update upstream_session set sealed = ${sealed}, version = version + 1, failure = null,
          expires_at = clock_timestamp() + ${remainingMs}::float8 * interval '1 millisecond',
          lease_by = null, lease_until = null, updated_at = clock_timestamp()
        where upstream = ${this.upstream} and seal = ${seal.id} and lease_by = ${this.holder}`.execute(db),
      signal,
    );
    await stored.catch(() => undefined);
  }

  private async release(seal: Seal, error: unknown): Promise<void> {
    const failure = JSON.stringify(failureOf(error));
    await this.parts.ask(
      (db) =>
        sql`update upstream_session set version = version + 1, failure = ${failure}::jsonb,
          lease_by = null, lease_until = null, updated_at = clock_timestamp()
        where upstream = ${this.upstream} and seal = ${seal.id} and lease_by = ${this.holder}`.execute(db),
      NEVER,
    );
  }
}

function tokenOf(row: SessionRow | undefined, seal: Seal, nowMs: number): Token | undefined {
  if (!row?.sealed || (row.remainingMs !== null && row.remainingMs <= 0)) return undefined;
  const text = seal.open(row.sealed);
  if (text === undefined) return undefined;
  const token = JSON.parse(text) as Token;
  return row.remainingMs === null ? token : { ...token, expiresAtMs: nowMs + row.remainingMs };
}

/** What those who waited are told; a sign-in that was cancelled says nothing, so they try themselves. */
function failureOf(error: unknown): SessionRow['failure'] {
  const known = error instanceof ConnectorError ? error : (error as { error?: unknown }).error;
  if (!(known instanceof ConnectorError) || known.code === 'CANCELLED') return null;
  return { code: known.code, message: known.userMessage };
}
