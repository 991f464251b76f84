import { defineEnum } from './define-enum.ts';

export const SourceStatus = defineEnum('SourceStatus', 'Whether the hub reads a source.', {
  ACTIVE: 'On its schedule, or whenever it sends.',
  PAUSED: 'Only when an operator asks for it.',
  OFF: 'Not at all: the sources file no longer names it.',
});

export const SourceHealth = defineEnum('SourceHealth', 'How a source does; `healthReason` says why.', {
  OK: 'Its last run brought everything, in time.',
  PARTIAL: 'Its last run left something out.',
  LATE: 'Its next run is overdue, or what it sends has not come in time.',
  FAILING: 'Its last run failed.',
  NEVER_READ: 'Nothing has come from it yet.',
  PAUSED: 'An operator paused it.',
  OFF: 'The sources file no longer names it.',
});

export const SourceFreshness = defineEnum('SourceFreshness', 'How fresh what a source said is.', {
  NEVER: 'It has said nothing yet.',
  FRESH: 'It was heard within the time that it counts for.',
  PARTLY_STALE: 'It was heard in time, but some of what it said before it no longer says.',
  STALE: 'It was last heard longer ago than it counts for.',
});

export const SourceActionKind = defineEnum('SourceActionKind', 'What somebody did to a source.', {
  PAUSE: 'Left it unread.',
  RESUME: 'Let it be read again.',
  RUN: 'Ran it now.',
  BACKFILL: 'Read a range of it again.',
  REPLAY: 'Decoded again what is stored of its answers.',
  REPLAY_REJECTIONS: 'Converted again what was rejected.',
  RESET_CHECKPOINT: 'Let its next run begin anew.',
  SETTLE_NOTICE: 'Said that a notice has been seen to.',
});

export const SourceNoticeKind = defineEnum('SourceNoticeKind', 'What was noticed about what a source sends.', {
  NEW_FIELD: 'A field that its contract does not know.',
  TYPE_CHANGED: 'A field of another type than its contract says; the record was rejected.',
  UNMAPPED_CODE: 'A code that the map of the connector does not know; it shows as UNMAPPED.',
});
