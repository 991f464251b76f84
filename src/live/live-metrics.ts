/** What the live parts report; the names of the figures are the metrics registry's affair. */
export interface LiveMetrics {
  /** Seconds from a change's time to its being published to the subscribers of this gateway. */
  observeLag(seconds: number): void;
  /** Changes published by this gateway, once each however many subscribe. */
  countPublished(changes: number): void;
  /** Feed subscriptions that are open on this gateway. */
  setSubscribers(count: number): void;
  /** Distinct operations among them. */
  setOperations(count: number): void;
  /** Subscriptions ended because their client did not read. */
  countSlowConsumer(): void;
}

const nothing = (): void => {};

export const noLiveMetrics: LiveMetrics = {
  observeLag: nothing,
  countPublished: nothing,
  setSubscribers: nothing,
  setOperations: nothing,
  countSlowConsumer: nothing,
};
