import type { RunWork } from '../services/sources/order-run.ts';
import type { SyncJob } from './job-names.ts';

/** The work of a run as a job keeps it: times as text, and nothing for a plain read. */
export function toStoredWork(work: RunWork): Pick<SyncJob, 'work'> {
  if (work.kind === 'read') return {};
  return { work: JSON.parse(JSON.stringify(work)) };
}

/** The work of a job; a plain read where it names none. */
export function workOf({ work }: Pick<SyncJob, 'work'>): RunWork {
  switch (work?.kind) {
    case undefined:
      return { kind: 'read' };
    case 'backfill':
      return { kind: 'backfill', from: new Date(work.from), to: new Date(work.to) };
    case 'replay':
      return { kind: 'replay', stream: work.stream, since: toTime(work.since), until: toTime(work.until) };
    case 'rejections':
      return { kind: 'rejections', ids: work.ids };
  }
}

const toTime = (text: string | null): Date | null => (text === null ? null : new Date(text));
