import { keyOf } from '../../schema/kinds/fact-kind.ts';
import type { FactKindName } from '../../schema/kinds/index.ts';
import { findFactKind } from '../../schema/kinds/index.ts';
import type { MeasurementKindName } from '../../schema/kinds/measurements.ts';
import type { LoggedChange } from '../live/change-source.ts';
import type { FeedArguments, FeedField, SnapshotRows } from '../live/feed-field.ts';
import { type ChangeFilter, changePredicate } from '../services/reading/change-filter.ts';
import { conflictOfChange, entityOfChange, sideOfFact, toChangeView } from '../services/reading/change-view.ts';
import { type ConflictFilter, conflictPredicate } from '../services/reading/conflicts.ts';
import { type FactFilter, type Filtered, filterPredicate } from '../services/reading/fact-filter.ts';
import { dossierDayPredicate, healthPredicate, usagePredicate } from '../services/reading/measured-filter.ts';
import type { ReferenceData } from '../services/reading/reference-data.ts';
import {
  type SnapshotOptions,
  snapshotOfConflicts,
  snapshotOfDossierDays,
  snapshotOfFacts,
  snapshotOfHealth,
  snapshotOfUsage,
} from '../services/reading/snapshots.ts';

export interface FeedFieldOptions extends Omit<SnapshotOptions, 'rights' | 'signal'> {
  readonly reference: ReferenceData;
}

const filterOf = <Filter>(args: FeedArguments): Filter | null => (args.filter as Filter | null | undefined) ?? null;

/** The fields of `Subscription` that the live engine delivers. */
export function createFeedFields(options: FeedFieldOptions): FeedField[] {
  return [
    {
      fieldName: 'changes',
      kinds: null,
      toEvent: toChangeView,
      filterOf: (args) => changePredicate(filterOf<ChangeFilter>(args), options.reference),
    },
    factFeed('deployments', 'deployment', options),
    factFeed('readiness', 'readiness', options),
    factFeed('links', 'link', options),
    factFeed('serviceCoverage', 'serviceCoverage', options),
    measuredFeed('serviceHealth', options, snapshotOfHealth, healthPredicate),
    measuredFeed('usageStatistics', options, snapshotOfUsage, usagePredicate),
    measuredFeed('dossierStatistics', options, snapshotOfDossierDays, dossierDayPredicate),
    conflictFeed(options),
  ];
}

function factFeed(fieldName: string, kind: FactKindName, options: FeedFieldOptions): FeedField {
  return {
    fieldName,
    kinds: [kind],
    snapshot: (args, rights, signal) =>
      snapshotOfFacts({ ...options, rights, signal }, kind, filterOf<FactFilter>(args)),
    toEvent: toTypedChange,
    filterOf: (args) => {
      const passes = filterPredicate(kind, filterOf<FactFilter>(args), options.reference);
      return (change) => sidesOf(change).some(passes);
    },
  };
}

/** The subscription of a kind that is measured; it has the name of the kind. */
function measuredFeed<Filter extends object>(
  kind: MeasurementKindName,
  options: FeedFieldOptions,
  snapshotOf: (options: SnapshotOptions, filter: Filter | null) => Promise<SnapshotRows>,
  predicateOf: (filter: Filter, reference: ReferenceData) => (change: LoggedChange) => boolean,
): FeedField {
  return {
    fieldName: kind,
    kinds: [kind],
    snapshot: (args, rights, signal) => snapshotOf({ ...options, rights, signal }, filterOf<Filter>(args)),
    toEvent: toTypedChange,
    filterOf: (args) => predicateOf(filterOf<Filter>(args) ?? ({} as Filter), options.reference),
  };
}

function conflictFeed(options: FeedFieldOptions): FeedField {
  return {
    fieldName: 'conflicts',
    kinds: ['conflict'],
    snapshot: (args, rights, signal) =>
      snapshotOfConflicts({ ...options, rights, signal }, filterOf<ConflictFilter>(args)),
    toEvent: toTypedChange,
    filterOf: (args) => {
      const passes = conflictPredicate(filterOf<ConflictFilter>(args) ?? {}, options.reference);
      return (change) => passes(conflictOfChange(toChangeView(change, '')));
    },
  };
}

function toTypedChange(change: LoggedChange, cursor: string) {
  const view = toChangeView(change, cursor);
  return { ...view, node: entityOfChange(view) };
}

/** What was before and what is after: who watches a filter wants to see what enters it and what leaves it. */
function sidesOf(change: LoggedChange): Filtered[] {
  const kind = findFactKind(change.kind);
  if (!kind) return [];
  const keys = keyOf(kind, change.entityId);
  return [change.before, change.after]
    .filter((side) => side !== null)
    .map((side) => {
      const { attributes, conflicted, staleSince } = sideOfFact(side);
      return { keys, attributes, conflicted: conflicted.length > 0, stale: staleSince !== null };
    });
}
