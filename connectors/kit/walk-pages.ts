import { createHash } from 'node:crypto';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { ConnectorError } from './connector-error.ts';
import type { Format } from './formats/format.ts';
import type { Asked } from './http/answer-reader.ts';
import type { DataAnswer, HttpRequest } from './http/http-types.ts';
import type { Upstream } from './http/upstream.ts';
import type { DecodedPage, PageOutcome, Paginator } from './paging/paginator.ts';
import { PagingFault } from './paging/paging-fault.ts';
import { UnfinishedError } from './unfinished-error.ts';

export interface Walk<Config> {
  readonly upstream: Upstream;
  readonly config: Config;
  readonly format: Format;
  readonly paginator: Paginator<Config>;
  readonly decode: (body: Json, config: Config) => DecodedPage['records'];
  /** Where to begin; undefined: nowhere. */
  readonly state: Json | undefined;
  /** Adds what makes a request conditional. */
  readonly prepare?: (request: HttpRequest) => HttpRequest;
  /** Called before each answer is asked for. */
  readonly onAsk?: (state: Json) => void;
}

export interface WalkedPage extends PageOutcome {
  /** What was asked for, and is asked for again by whoever goes on from here. */
  readonly state: Json;
  /** The state after this page: that of the same answer while more of it is to come; undefined at the end. */
  readonly next: Json | undefined;
  readonly request: HttpRequest;
  /** Gone once the page after it is asked for. */
  readonly answer?: DataAnswer;
  /** Where the page stands in its answer; large answers are given in several pages. */
  readonly part: { readonly isFirst: boolean; readonly isLast: boolean };
}

const WHOLE = { isFirst: true, isLast: true } as const;

/**
 * Asks for page after page. A page that repeats an earlier one of the walk is asked for again, like any broken page, unless
 * pages stand alone. An
 * answer of which a later part is broken is a paging fault of the whole list: what came of it stands, and is read again.
 */
export async function* walkPages<Config>(walk: Walk<Config>): AsyncGenerator<WalkedPage, void, undefined> {
  const { paginator, config } = walk;
  const seen = new Set<string>();
  for (let state = walk.state; state !== undefined; ) {
    const current = state;
    walk.onAsk?.(current);
    const request = paginator.request(current, config);
    let hash = '';
    const asked = await walk.upstream.ask(walk.prepare?.(request) ?? request, walk.format, (body) => {
      const page = { records: walk.decode(body, config), body: walk.upstream.withoutCredential(body) };
      if (paginator.isPastEnd?.(current, page)) return { ...page, records: [] };
      hash = hashOf(page.records);
      if (!paginator.pagesStandAlone && page.records.length > 0 && seen.has(hash)) {
        throw new PagingFault('it repeats a page', `answer ${seen.size + 1}`);
      }
      paginator.verify?.(current, page);
      return page;
    });
    if (asked.outcome !== 'answered') {
      const next = paginator.next(current, asked);
      yield { ...asked, state: current, next, request, part: WHOLE };
      state = next;
      continue;
    }
    seen.add(hash);
    state = yield* walkAnswer(paginator, current, request, asked);
  }
}

/** The pages of one answer; gives the state of the next answer. */
async function* walkAnswer<Config>(
  paginator: Paginator<Config>,
  state: Json,
  request: HttpRequest,
  { value, more, answer }: Extract<Asked<DecodedPage>, { outcome: 'answered' }>,
): AsyncGenerator<WalkedPage, Json | undefined, undefined> {
  try {
    let page = value;
    for (let isFirst = true; ; isFirst = false) {
      const after = await peek(more);
      const isLast = after.page === undefined && after.fault === undefined;
      const outcome: PageOutcome = { outcome: 'answered', page };
      const next = isLast ? paginator.next(state, outcome) : state;
      yield { ...outcome, state, next, request, answer, part: { isFirst, isLast } };
      if (after.fault) throw after.fault;
      if (after.page === undefined) return next;
      page = after.page;
    }
  } finally {
    await more.return?.();
    await answer.body.dispose();
  }
}

/** What follows in the same answer. Looked at before a page is given, which has to know whether it is the last. */
async function peek(more: AsyncIterator<DecodedPage, void>): Promise<{ page?: DecodedPage; fault?: ConnectorError }> {
  try {
    const { value, done } = await more.next();
    return done ? {} : { page: value };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    // What is not finished is no better for being read again at once.
    const isBroken = error.retryable && !(error instanceof UnfinishedError);
    return { fault: isBroken ? new PagingFault(error.message, 'a later part', 'list', error.userMessage) : error };
  }
}

const hashOf = (records: DecodedPage['records']): string =>
  createHash('sha256').update(JSON.stringify(records)).digest('base64');
