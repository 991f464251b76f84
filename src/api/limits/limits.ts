/** What one caller may ask for; the same for queries, mutations and subscriptions. Defaults stand in the configuration. */
export interface ApiLimits {
  /** Levels of nesting. Introspection is not counted; it has its own bound in graphql's rules. */
  readonly maxDepth: number;
  /** Points: one for each field of each row that may come back. */
  readonly maxCost: number;
  /** The largest `first`. */
  readonly maxPageSize: number;
  readonly maxAliases: number;
  readonly maxDocumentBytes: number;
  /** Milliseconds for what one execution reads. */
  readonly queryTimeoutMs: number;
}
