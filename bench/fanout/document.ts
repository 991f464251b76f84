/** What every subscriber of the fan-out asks: what a view that follows the log needs of a change. */
export const CHANGES_DOCUMENT = `subscription {
  changes {
    __typename
    ... on FeedReady { cursor }
    ... on Change { cursor seq at kind entityKind entityKey attributes before after cause transaction { id last } }
  }
}`;
