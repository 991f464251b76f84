/** What `tail` subscribes to. Two enums may not share a response name, hence the aliases. */
export const TAIL_DOCUMENT = `subscription Tail($after: Cursor, $filter: ChangeFilter) {
  changes(after: $after, filter: $filter) {
    __typename
    ... on FeedReady { cursor }
    ... on Change {
      cursor seq at kind entityKind entityKey attributes before after cause
      sources { code } province { code name } system { code } transaction { id last }
    }
    ... on FeedGap { cursor from to }
    ... on FeedMustRefetch { cursor refetchReason: reason }
    ... on FeedGoingAway { cursor goingAwayReason: reason }
  }
}`;

export interface TailChange {
  readonly __typename: 'Change';
  readonly cursor: string;
  readonly seq: number;
  readonly at: string;
  readonly kind: 'CREATED' | 'UPDATED' | 'REMOVED';
  readonly entityKind: string;
  readonly entityKey: string;
  readonly attributes: readonly string[];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly cause: string;
  readonly sources: ReadonlyArray<{ readonly code: string }>;
  readonly province: { readonly code: string; readonly name: string } | null;
  readonly system: { readonly code: string } | null;
  readonly transaction: { readonly id: number; readonly last: boolean };
}

export type TailEvent =
  | TailChange
  | { readonly __typename: 'FeedReady'; readonly cursor: string }
  | { readonly __typename: 'FeedGap'; readonly cursor: string; readonly from: string; readonly to: string }
  | { readonly __typename: 'FeedMustRefetch'; readonly cursor: string; readonly refetchReason: string }
  | { readonly __typename: 'FeedGoingAway'; readonly cursor: string; readonly goingAwayReason: string };

const SIGNS = { CREATED: '+', UPDATED: '~', REMOVED: '-' } as const;
const MAX_VALUE_LENGTH = 60;

/** A change as one line for people: when, what, and each attribute from what to what, and who says so. */
export function describeChange(change: TailChange): string {
  const { at, kind, entityKind, entityKey, province, sources, cause } = change;
  const where = province ? ` (${province.name})` : '';
  const who = sources.length === 0 ? cause : sources.map(({ code }) => code).join(', ');
  const what = change.attributes.map((name) => `${name}: ${difference(change, name)}`).join('; ');
  return `${at}  ${SIGNS[kind]} ${entityKind} ${entityKey}${where}  ${what}  [${who}]`;
}

function difference({ before, after }: TailChange, name: string): string {
  const from = before?.[name];
  const to = after?.[name];
  if (from === undefined) return shorten(to);
  return `${shorten(from)} → ${shorten(to)}`;
}

function shorten(value: unknown): string {
  const text = value === undefined || value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH - 1).toWellFormed()}…` : text;
}
