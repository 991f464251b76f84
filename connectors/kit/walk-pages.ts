import { createHash } from 'node:crypto';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { HttpAnswer, HttpRequest } from './http/http-types.ts';
import type { Upstream } from './http/upstream.ts';
import type { DecodedPage, PageOutcome, Paginator } from './paging/paginator.ts';
import { PagingFault } from './paging/paging-fault.ts';

export interface Walk<Config> {
  readonly upstream: Upstream;
  readonly config: Config;
  readonly paginator: Paginator<Config>;
  readonly decode: (body: Json, config: Config) => DecodedPage['records'];
  /** Where to begin; undefined: nowhere. */
  readonly state: Json | undefined;
  /** Adds what makes a request conditional. */
  readonly prepare?: (request: HttpRequest) => HttpRequest;
  /** Called before each page is asked for. */
  readonly onAsk?: (state: Json) => void;
}

export interface WalkedPage extends PageOutcome {
  readonly state: Json;
  /** The state of the page after this one; undefined at the end. */
  readonly next: Json | undefined;
  readonly request: HttpRequest;
  readonly answer?: HttpAnswer;
}

/** Asks for page after page. A page that repeats an earlier one of the walk is asked for again, like any broken page. */
export async function* walkPages<Config>(walk: Walk<Config>): AsyncGenerator<WalkedPage, void, undefined> {
  const { paginator, config } = walk;
  const seen = new Set<string>();
  for (let state = walk.state; state !== undefined; ) {
    const current = state;
    walk.onAsk?.(current);
    const plain = paginator.request(current, config);
    const request = walk.prepare?.(plain) ?? plain;
    let hash = '';
    const asked = await walk.upstream.ask(request, (body) => {
      const page = { records: walk.decode(body, config), body };
      hash = createHash('sha256').update(JSON.stringify(page.records)).digest('base64');
      if (page.records.length > 0 && seen.has(hash)) {
        throw new PagingFault('it repeats a page', JSON.stringify(current));
      }
      paginator.verify?.(current, page);
      return page;
    });
    const isAnswered = asked.outcome === 'answered';
    if (isAnswered) seen.add(hash);
    const outcome: PageOutcome = isAnswered ? { outcome: 'answered', page: asked.value } : { outcome: asked.outcome };
    const next = paginator.next(current, outcome);
    yield { ...outcome, state: current, next, request: plain, ...(isAnswered && { answer: asked.answer }) };
    state = next;
  }
}
