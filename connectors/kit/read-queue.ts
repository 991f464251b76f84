import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { ReadPage } from './connector.ts';
import { throwIfCancelled } from './connector-error.ts';
import type { Asking } from './http/upstream.ts';
import { DEFAULT_CONCURRENCY, DEFAULT_MAX_MESSAGES, ofOneMessage, QueueFailures } from './message-queue.ts';
import { PagingFault } from './paging/paging-fault.ts';
import {
  acknowledge,
  getMessage,
  isUnderstood,
  type PageContent,
  type QueueRead,
  type Step,
  type Tell,
} from './queue-message.ts';
import { walkPages } from './walk-pages.ts';

/**
 * Reads the messages that wait, a page for each, and acknowledges each once its page is stored, which is when the next
 * page is asked for. One that breaks its contract, holds an unknown code, or cannot be read however often it is asked for
 * is acknowledged as failed; what is wrong with it stands in its page. One that cannot be got is left until the others are
 * through, so that however many of them hold nobody up; where it still cannot be got it stays where it is, and the run ends
 * with that failure. Only where nobody answers, or nothing more may be asked, does it end before. One that is gone by then,
 * as the error table tells, was taken by somebody else or withdrawn: the upstream is none the worse for it. A trial
 * acknowledges nothing.
 */
export async function* readQueue<Config>(read: QueueRead<Config>): AsyncGenerator<ReadPage, void, undefined> {
  const ids = await listMessages(read);
  const left: Step[] = [];
  const goneAtOnce = yield* readMessages(read, ids, { mayBeLeft: true }, (step, error) => {
    if (error) left.push(step);
  });
  const failures = new QueueFailures();
  const tell: Tell = (_step, error) => (error ? failures.add(error) : failures.succeeded());
  for (const { id, outcome } of left) if (outcome) await acknowledge(read, { id, outcome }, {}, tell);
  const unread = left.flatMap(({ id, outcome }) => (outcome ? [] : [id]));
  const goneLater = yield* readMessages(read, unread, {}, tell);
  if (goneAtOnce + goneLater > 0) logGone(read, goneAtOnce + goneLater);
  if (failures.first) throw failures.first;
  yield { ...endPage(read), ...checkpointed(read) };
}

/** Gives how many were gone. */
async function* readMessages<Config>(
  read: QueueRead<Config>,
  ids: readonly string[],
  asking: Asking,
  tell: Tell,
): AsyncGenerator<ReadPage, number, undefined> {
  const { queue, context } = read;
  const size = queue.concurrency ?? DEFAULT_CONCURRENCY;
  let gone = 0;
  for (let at = 0; at < ids.length; at += size) {
    const batch = ids.slice(at, at + size);
    // Nothing is under way while a page is stored: whoever stops there stops all of it.
    const settled = await Promise.allSettled(batch.map((id) => getMessage(read, id, asking)));
    const got = settled.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
    try {
      for (const { id, page } of got) {
        yield { ...page, ...checkpointed(read) };
        throwIfCancelled(context.signal);
        if (context.isTrial) continue;
        await acknowledge(read, { id, outcome: isUnderstood(page) ? 'done' : 'fail' }, asking, tell);
      }
    } finally {
      for (const { answer } of got) await answer?.body.dispose();
    }
    throwIfCancelled(context.signal);
    for (const [nth, one] of settled.entries()) {
      const id = batch[nth] as string;
      if (one.status === 'rejected') tell({ id }, ofOneMessage(one.reason));
      else tell({ id });
      if (one.status === 'fulfilled' && !one.value) gone += 1;
    }
  }
  return gone;
}

const checkpointed = <Config>({ stream, upstream }: QueueRead<Config>) => ({
  requests: upstream.takeRequestCount(),
  checkpoint: { contractVersion: stream.contractVersion } as Json,
});

/**
 * The ids of the messages that wait, each once, before any is acknowledged. A list that moves meanwhile, since messages
 * come in, is no fault of a queue: what was listed is read, and the rest waits for the next run.
 */
async function listMessages<Config>({
  stream,
  queue,
  upstream,
  config,
  context,
}: QueueRead<Config>): Promise<string[]> {
  const { paginator, decode, format } = stream;
  const maxMessages = queue.maxMessages ?? DEFAULT_MAX_MESSAGES;
  const state = paginator.start({ config, memory: undefined, domainNow: context.domainClock.now() });
  const ids = new Set<string>();
  try {
    for await (const { page } of walkPages({ upstream, config, state, paginator, decode, format })) {
      for (const entry of page?.records ?? []) ids.add(queue.idOf(entry));
      if (ids.size >= maxMessages) break;
    }
  } catch (error) {
    if (!(error instanceof PagingFault && error.again === 'list')) throw error;
  }
  return [...ids].slice(0, maxMessages);
}

/** Seldom once is no matter; time and again says that another client asks with the hub's credentials. */
function logGone<Config>({ context, stream }: QueueRead<Config>, gone: number): void {
  const fields = { source: context.source.id, stream: stream.name, gone };
  context.logger?.info(fields, 'messages that were listed were gone before they could be got');
}

/** Without messages: that there is none left that could be read. */
function endPage<Config>({ stream, context }: QueueRead<Config>): PageContent {
  const asking = { requestedAt: context.clock.now(), domainRequestedAt: context.domainClock.now() };
  return { stream: stream.name, ...asking, records: [], observations: [], rejections: [], drift: [], read: 0 };
}
