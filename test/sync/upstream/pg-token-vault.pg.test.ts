import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Token } from '../../../connectors/kit/auth/token-slot.ts';
import { ConnectorError } from '../../../connectors/kit/connector-error.ts';
import { realSleep, type Sleep } from '../../../connectors/kit/sleep.ts';
import { createAskDatabase } from '../../../src/sync/upstream/ask-database.ts';
import { PgTokenVault } from '../../../src/sync/upstream/pg-token-vault.ts';
import { createSeal } from '../../../src/sync/upstream/seal.ts';
import { useDatabase } from '../../support/database.ts';

const db = useDatabase();
const never = new AbortController().signal;
const CREDENTIALS = { user: 'hub', password: 'correct horse' };

beforeEach(() => db.em().execute('truncate upstream_session'));

/** A vault as another process would have it. */
const vault = (credentials: Record<string, string> = CREDENTIALS, sleep: Sleep = realSleep) =>
  new PgTokenVault('u', credentials, {
    ask: createAskDatabase(db.database()),
    monotonicMs: () => performance.now(),
    sleep,
  });
const refuse = () => Promise.reject(new Error('nobody was to sign in'));

/** Vaults that wait for another's sign-in; `allWait` resolves once each of them does. */
function waiting(count: number) {
  const allWait = Promise.withResolvers<void>();
  let sleepers = 0;
  const vaults = Array.from({ length: count }, () => {
    let hasSlept = false;
    return vault(CREDENTIALS, (ms, signal) => {
      if (!hasSlept && ++sleepers === count) allWait.resolve();
      hasSlept = true;
      return realSleep(ms, signal);
    });
  });
  return { vaults, allWait: allWait.promise };
}

describe('a session that all workers share', () => {
  test('is got by one of them, and taken over by those who wait and those who come later', async () => {
    const { vaults, allWait } = waiting(3);
    const answer = Promise.withResolvers<Token>();
    const begun = Promise.withResolvers<void>();
    const first = vault().renewed(
      undefined,
      () => {
        begun.resolve();
        return answer.promise;
      },
      never,
    );
    await begun.promise;
    const others = vaults.map((other) => other.renewed(undefined, refuse, never));
    await allWait;
    answer.resolve({ value: 's1', refreshToken: 'r1', expiresAtMs: performance.now() + 60_000 });
    for (const token of await Promise.all([first, ...others, vault().renewed(undefined, refuse, never)])) {
      expect(token).toMatchObject({ value: 's1', refreshToken: 'r1' });
      expect((token.expiresAtMs ?? 0) - performance.now()).toBeGreaterThan(50_000);
    }
  });

  test('is renewed once when it is refused, with what it was renewed by', async () => {
    const s1 = await vault().renewed(undefined, async () => ({ value: 's1', refreshToken: 'r1' }), never);
    const renewals: (Token | undefined)[] = [];
    const renew = async (previous: Token | undefined) => {
      renewals.push(previous);
      return { value: 's2' };
    };
    const tokens = await Promise.all([1, 2, 3].map(() => vault().renewed(s1, renew, never)));
    expect(tokens.map(({ value }) => value)).toEqual(['s2', 's2', 's2']);
    expect(renewals).toEqual([s1]);
  });

  test('that could not be got fails for all who waited, and not for who comes later', async () => {
    const { vaults, allWait } = waiting(3);
    const answer = Promise.withResolvers<Token>();
    const begun = Promise.withResolvers<void>();
    const first = vault().renewed(
      undefined,
      () => {
        begun.resolve();
        return answer.promise;
      },
      never,
    );
    await begun.promise;
    const others = vaults.map((other) => other.renewed(undefined, refuse, never));
    await allWait;
    answer.reject(ConnectorError.of('configuration', 'The upstream refuses the credentials.'));
    const ends = await Promise.allSettled([first, ...others]);
    for (const end of ends) {
      expect(end).toMatchObject({
        status: 'rejected',
        reason: { code: 'UPSTREAM_CONFIGURATION', userMessage: 'The upstream refuses the credentials.' },
      });
    }
    expect(await vault().renewed(undefined, async () => ({ value: 's1' }), never)).toEqual({ value: 's1' });
  });

  test('is not waited for where who was to get it died', async () => {
    await db.em().execute(
      `insert into upstream_session (upstream, seal, version, lease_by, lease_until, updated_at)
      values ('u', ?, 0, 'a worker that died', clock_timestamp() - interval '1 ms', now())`,
      [(await createSeal(CREDENTIALS, 'u')).id],
    );
    expect(await vault().renewed(undefined, async () => ({ value: 's1' }), never)).toEqual({ value: 's1' });
  });

  test('cannot be read without the credentials, and those that were changed get one of their own', async () => {
    await vault().renewed(undefined, async () => ({ value: 'a secret session' }), never);
    const [row] = await db
      .em()
      .execute<[{ sealed: Buffer; text: string }]>(
        'select seal, sealed, row(upstream_session.*)::text as text from upstream_session',
      );
    expect(row.text).not.toMatch(/secret|hub|horse/);
    expect(row.sealed.toString('latin1')).not.toContain('a secret session');
    const seal = await createSeal(CREDENTIALS, 'u');
    expect(JSON.parse(seal.open(row.sealed) as string)).toEqual({ value: 'a secret session' });
    expect((await createSeal({ ...CREDENTIALS, password: 'other' }, 'u')).open(row.sealed)).toBeUndefined();
    expect((await createSeal(CREDENTIALS, 'another upstream')).open(row.sealed)).toBeUndefined();
    row.sealed.writeUInt8(row.sealed.readUInt8(20) ^ 1, 20);
    expect(seal.open(row.sealed)).toBeUndefined();
    const changed = vault({ ...CREDENTIALS, password: 'other' });
    expect(await changed.renewed(undefined, async () => ({ value: 's2' }), never)).toEqual({ value: 's2' });
  });

  test('that is over is not handed on', async () => {
    await vault().renewed(undefined, async () => ({ value: 's1', expiresAtMs: performance.now() - 1 }), never);
    expect(await vault().renewed(undefined, async () => ({ value: 's2' }), never)).toEqual({ value: 's2' });
  });
});
