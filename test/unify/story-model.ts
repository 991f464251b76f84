/** What happens to one lane, in the order in which the hub hears of it. Hours are of the domain clock. */
export type Event =
  | { readonly type: 'says'; readonly hour: number; readonly value: string }
  /** An answer from before the event of that number is told anew. */
  | { readonly type: 'says again'; readonly hour: number; readonly value: string; readonly before: number }
  | { readonly type: 'is removed' }
  | { readonly type: 'is absent' };

/** The domain clock is past all times that the source itself tells. */
export const NOW_HOUR = 10;

/**
 * The value after each event, by SPEC.md, invariant 12, as plainly as it can be said: of what was told since it was last
 * gone the newest by the source's own time; undefined while there is none. Retractions have no time of their own here.
 */
export function valuesOf(events: readonly Event[]): (string | undefined)[] {
  let goneAt: number | undefined;
  let held: { hour: number; value: string } | undefined;
  return events.map((event, index) => {
    if (event.type === 'is removed' || (event.type === 'is absent' && held)) {
      goneAt = index;
      held = undefined;
    } else if (
      event.type === 'says' ||
      (event.type === 'says again' && (goneAt === undefined || event.before > goneAt))
    ) {
      const isNewer = !held || event.hour > held.hour || (event.hour === held.hour && event.value > held.value);
      if (isNewer) held = { hour: event.hour, value: event.value };
    }
    return held?.value;
  });
}
