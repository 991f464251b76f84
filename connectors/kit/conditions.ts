import type { DataAnswer, HttpRequest } from './http/http-types.ts';
import type { Stream } from './stream.ts';
import { makeConditional, rememberValidator, type StreamCheckpoint } from './stream-checkpoint.ts';
import type { WalkedPage } from './walk-pages.ts';

type Setting = Stream['conditional'];

/** Which requests of one walk are conditional, and which validators stay in the checkpoint after it. */
export interface Conditions {
  prepare(request: HttpRequest, checkpoint: StreamCheckpoint, now: Date): HttpRequest;
  /** The checkpoint after a page whose answer is through. `hasRejected`: something of that answer is to come again. */
  after(walked: WalkedPage, hasRejected: boolean, checkpoint: StreamCheckpoint, now: Date): StreamCheckpoint;
  /** The checkpoint after the walk. `isWhole`: all pages came, in this walk. */
  end(isWhole: boolean, checkpoint: StreamCheckpoint): StreamCheckpoint;
}

/** `isResumed`: the walk goes on from a page in the midst of a list. */
export function createConditions(setting: Setting, isResumed: boolean): Conditions {
  if (!setting) return { prepare: (request) => request, after: asItIs, end: (_isWhole, checkpoint) => checkpoint };
  return setting.of === 'list' ? ofList(setting, isResumed) : ofPages(setting);
}

const asItIs: Conditions['after'] = (_walked, _hasRejected, checkpoint) => checkpoint;

function ofPages({ refreshAfterMs }: NonNullable<Setting>): Conditions {
  return {
    prepare: (request, checkpoint, now) => makeConditional(request, checkpoint, refreshAfterMs, now),
    // What was rejected is to come again, so the next request for it must not be answered with "not modified".
    after: ({ answer, request }, hasRejected, checkpoint, now) =>
      answer && !hasRejected ? rememberValidator(checkpoint, request, answer, now) : checkpoint,
    end: (_isWhole, checkpoint) => checkpoint,
  };
}

/**
 * The validator of the first page stands for all. It is forgotten once the list is seen to have changed, and kept again
 * only when every page of it came with the same one and nothing was rejected; else a later "not modified" would speak of
 * a list that the hub never had.
 */
function ofList({ refreshAfterMs }: NonNullable<Setting>, isResumed: boolean): Conditions {
  let isFirst = !isResumed;
  let kept: { request: HttpRequest; answer: DataAnswer; at: Date } | undefined;
  let pages = 0;
  return {
    prepare(request, checkpoint, now) {
      if (!isFirst) return request;
      isFirst = false;
      return makeConditional(request, checkpoint, refreshAfterMs, now);
    },
    after({ answer, request }, hasRejected, checkpoint, now) {
      if (!answer) return checkpoint;
      pages += 1;
      if (pages === 1) kept = { request, answer, at: now };
      if (hasRejected || validatorOf(answer) !== (kept && validatorOf(kept.answer))) kept = undefined;
      return pages === 1 ? rememberValidator(checkpoint, request, { headers: {} }, now) : checkpoint;
    },
    end: (isWhole, checkpoint) =>
      isWhole && kept ? rememberValidator(checkpoint, kept.request, kept.answer, kept.at) : checkpoint,
  };
}

const validatorOf = ({ headers }: DataAnswer): string | undefined => headers.etag ?? headers['last-modified'];
