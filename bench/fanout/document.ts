/** What every subscriber of the fan-out asks: what a view that follows the log needs of a change. */
export const CHANGES_DOCUMENT = `subscription {
  changes {
    __typename
    ... on FeedReady { cursor }
    ... on Change { cursor seq at kind attributes before after cause province system transaction { id last } }
  }
}`;
