/** What a caller may do. `source` keys may only push to their sources. Each role includes reading but `source`. */
export type Role = 'anonymous' | 'viewer' | 'operator' | 'source' | 'admin';

/** Who calls and what they may see and do; decided once per request or connection. */
export interface Rights {
  readonly role: Role;
  /** Province codes the caller is limited to; null for all. Rows without a province are visible to everyone. */
  readonly provinces: readonly string[] | null;
  /** Source ids the caller is limited to; null for all. */
  readonly sources: readonly string[] | null;
  /** The id of the key that was shown, null for anonymous. */
  readonly keyId: string | null;
  /** Equal for callers who see the same; operations are shared among equal fingerprints. */
  readonly fingerprint: string;
}

export function createRights(rights: Omit<Rights, 'fingerprint'>): Rights {
  const scope = [
    rights.role,
    rights.provinces && [...rights.provinces].sort(),
    rights.sources && [...rights.sources].sort(),
  ];
  return Object.freeze({ ...rights, fingerprint: JSON.stringify(scope) });
}

/** Reading from loopback without a key. */
export const anonymousRights = createRights({ role: 'anonymous', provinces: null, sources: null, keyId: null });
