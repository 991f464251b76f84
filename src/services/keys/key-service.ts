import type { EntityManager } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { KEY_CHANNEL } from '../../database/channels.ts';
import type { Database } from '../../database/open-database.ts';
import { BadUserInputError, NotFoundError, UnauthenticatedError } from '../../errors/index.ts';
import type { Clock } from '../../lib/clock.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { anonymousRights, createRights, type Rights } from '../rights.ts';
import { KeyCache } from './key-cache.ts';
import {
  type ApiKey,
  findKey,
  insertKey,
  type KeyRole,
  listKeys,
  revokeKey,
  type StoredKey,
  unknownCodes,
} from './key-store.ts';
import { createToken, idOfToken, type RandomBytes, tokenMatches } from './key-token.ts';

const ROLES: readonly KeyRole[] = ['viewer', 'operator', 'source', 'admin'];
/** How long a revoked key may still pass where its notification got lost. */
const CACHE_TTL_MS = 5_000;
/** Says neither what was wrong nor whether there ever was such a key. */
const REFUSED = 'This key is not valid: it is mistyped or has been revoked. `lienthong keys create` makes another.';
const FIRST_KEY_LOCK = 'lienthong.first-key';

export interface KeyServiceOptions {
  readonly database: Pick<Database, 'fork' | 'listen'>;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Whether reading from loopback needs no key. */
  readonly anonymous: boolean;
}

export interface KeyRequest {
  readonly name: string;
  readonly role: KeyRole;
  readonly provinces?: readonly string[] | null;
  readonly sources?: readonly string[] | null;
  /** Who asks: a key id, `command line`, `first start`. */
  readonly createdBy: string;
}

/** A key with its token, which is shown this once and kept nowhere. */
export interface IssuedKey {
  readonly key: ApiKey;
  readonly token: string;
}

/** Issues, lists, revokes and checks keys. `run` keeps the cache true to revocations made by other processes. */
export class KeyService {
  readonly #options: KeyServiceOptions;
  readonly #cache: KeyCache;

  constructor(options: KeyServiceOptions) {
    this.#options = options;
    this.#cache = new KeyCache({ clock: options.clock, ttlMs: CACHE_TTL_MS });
  }

  /** Follows revocations until the returned function is called. Without it a revoked key may pass for five seconds. */
  async run(): Promise<() => Promise<void>> {
    const listener = await this.#options.database.listen([KEY_CHANNEL], (_channel, id) => this.#cache.forget(id), {
      onReconnect: () => this.#cache.clear(),
    });
    return () => listener.close();
  }

  /**
   * What the caller may do. Without a token: reading, from loopback, where the hub allows it.
   * @throws UnauthenticatedError for no token elsewhere, and for one that is not valid.
   */
  async authenticate(token: string | undefined, remoteAddress: string | undefined): Promise<Rights> {
    if (token === undefined || token === '') {
      if (this.#options.anonymous && remoteAddress !== undefined && isLoopback(remoteAddress)) return anonymousRights;
      throw new UnauthenticatedError();
    }
    const id = idOfToken(token);
    const key = id && (await this.#cache.get(id, () => findKey(this.#options.database.fork(), id)));
    if (!key || key.revokedAt || !tokenMatches(token, key.hash)) throw new UnauthenticatedError(REFUSED);
    return createRights({ role: key.role, provinces: key.provinces, sources: key.sources, keyId: key.id });
  }

  async create(request: KeyRequest): Promise<IssuedKey> {
    const em = this.#options.database.fork();
    await assertValid(em, request);
    return this.#issue(em, request);
  }

  async list(): Promise<ApiKey[]> {
    return listKeys(this.#options.database.fork());
  }

  /** Ends a key, and within a moment what is open under it. Twice is as good as once. */
  async revoke(id: string, by: string): Promise<ApiKey> {
    const key = await this.#options.database
      .fork()
      .transactional((em) => revokeKey(em, id, by, this.#options.clock.now()));
    this.#cache.forget(id);
    if (!key) throw new NotFoundError('key', id);
    return key;
  }

  /** The admin key of a hub that has no key at all yet; null for every later start, and for all but one of several at once. */
  async createFirstKey(): Promise<IssuedKey | null> {
    return this.#options.database.fork().transactional(async (em) => {
      await sql`select pg_advisory_xact_lock(hashtext(${FIRST_KEY_LOCK}))`.execute(em.getKysely());
      const any = await sql`select 1 from api_key limit 1`.execute(em.getKysely());
      if (any.rows.length > 0) return null;
      return this.#issue(em, { name: 'first admin', role: 'admin', createdBy: 'first start' });
    });
  }

  async #issue(em: EntityManager, request: KeyRequest): Promise<IssuedKey> {
    const { id, token, hash } = createToken(this.#options.randomBytes);
    const stored: StoredKey = {
      id,
      hash,
      name: request.name.trim().normalize('NFC'),
      role: request.role,
      provinces: request.provinces ?? null,
      sources: request.sources ?? null,
      createdAt: this.#options.clock.now(),
      createdBy: request.createdBy,
      revokedAt: null,
      revokedBy: null,
    };
    await insertKey(em, stored);
    const { hash: _hash, ...key } = stored;
    return { key, token };
  }
}

async function assertValid(em: EntityManager, request: KeyRequest): Promise<void> {
  if (request.name.trim() === '') throw new BadUserInputError('A key needs a name that says whose it is.');
  if (!ROLES.includes(request.role)) {
    throw new BadUserInputError(`There is no role "${request.role}"; the roles are ${ROLES.join(', ')}.`);
  }
  if (request.role === 'source' && !request.sources?.length) {
    throw new BadUserInputError('A key with the role "source" pushes to its sources, so it has to name them.');
  }
  if (request.role === 'admin' && (request.provinces?.length || request.sources?.length)) {
    throw new BadUserInputError('An admin key cannot be limited to provinces or sources; take the role "operator".');
  }
  for (const [what, codes] of [
    ['province', request.provinces],
    ['source', request.sources],
  ] as const) {
    if (!codes) continue;
    if (codes.length === 0) throw new BadUserInputError(`A key limited to no ${what} at all could do nothing.`);
    const unknown = await unknownCodes(em, what, codes);
    if (unknown.length > 0) throw new BadUserInputError(`There is no ${what} ${unknown.join(', ')} to limit a key to.`);
  }
}
