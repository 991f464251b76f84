import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { ReadPage } from './connector.ts';
import { throwIfCancelled } from './connector-error.ts';
import { convertPage } from './convert-page.ts';
import type { DataAnswer } from './http/http-types.ts';
import {
  type Acknowledgement,
  DEFAULT_CONCURRENCY,
  DEFAULT_MAX_MESSAGES,
  type MessageQueue,
  QueueFailures,
  requireMessage,
} from './message-queue.ts';
import { PagingFault } from './paging/paging-fault.ts';
import { rawAnswer } from './raw-answer.ts';
import type { StreamRead } from './read-stream.ts';
import { walkPages } from './walk-pages.ts';

interface QueueRead<Config> extends StreamRead<Config> {
  readonly queue: MessageQueue<Config>;
}

interface Got {
  readonly id: string;
  readonly body: Json;
  readonly answer: DataAnswer;
  readonly requestedAt: Date;
  readonly domainRequestedAt: Date;
}

/**
 * Reads the messages that wait, a page for each, and acknowledges each once its page is stored, which is when the next
 * page is asked for. One that breaks its contract or holds an unknown code is acknowledged as failed. One that cannot be got stays
 * where it is; the others go on, and the run ends with that failure. One that is gone by then, as the error table tells, was
 * taken by somebody else or withdrawn: the upstream is none the worse for it. A trial acknowledges nothing.
 */
export async function* readQueue<Config>(read: QueueRead<Config>): AsyncGenerator<ReadPage, void, undefined> {
  const { stream, queue, context, upstream } = read;
  const checkpoint: Json = { contractVersion: stream.contractVersion };
  const failures = new QueueFailures();
  const ids = await listMessages(read);
  const size = queue.concurrency ?? DEFAULT_CONCURRENCY;
  let gone = 0;
  for (let at = 0; at < ids.length; at += size) {
    // Nothing is under way while a page is stored: whoever stops there stops all of it.
    const settled = await Promise.allSettled(ids.slice(at, at + size).map((id) => getMessage(read, id)));
    const answered = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const got = answered.filter((one) => one !== undefined);
    gone += answered.length - got.length;
    try {
      for (const message of got) {
        const page = pageOf(read, message);
        yield { ...page, requests: upstream.takeRequestCount(), checkpoint };
        throwIfCancelled(context.signal);
        if (context.isTrial) continue;
        await acknowledge(read, message.id, isUnderstood(page) ? 'done' : 'fail').then(
          () => failures.succeeded(),
          (error) => failures.add(error),
        );
      }
    } finally {
      for (const { answer } of got) await answer.body.dispose();
    }
    throwIfCancelled(context.signal);
    if (answered.length > 0) failures.succeeded();
    for (const one of settled) if (one.status === 'rejected') failures.add(one.reason);
  }
  if (gone > 0) logGone(read, gone);
  if (failures.first) throw failures.first;
  yield { ...endPage(read), requests: upstream.takeRequestCount(), checkpoint };
}

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

/** Undefined for a message that is gone. */
async function getMessage<Config>(
  { queue, upstream, config, context }: QueueRead<Config>,
  id: string,
): Promise<Got | undefined> {
  const requestedAt = context.clock.now();
  const domainRequestedAt = context.domainClock.now();
  const request = queue.get(id, config);
  const asked = await upstream.ask(request, queue.format, (body) => requireMessage(queue, id, body));
  if (asked.outcome === 'ignored') return undefined;
  if (asked.outcome !== 'answered') throw new PagingFault('it lists a message that it does not have', `message ${id}`);
  await asked.more.return?.();
  return { id, body: asked.value, answer: asked.answer, requestedAt, domainRequestedAt };
}

/** Seldom once is no matter; time and again says that another client asks with the hub's credentials. */
function logGone<Config>({ context, stream }: QueueRead<Config>, gone: number): void {
  const fields = { source: context.source.id, stream: stream.name, gone };
  context.logger?.info(fields, 'messages that were listed were gone before they could be got');
}

/** A message that was rejected, or holds a code that no map knows: its sender is to learn that. */
function isUnderstood({ rejections, drift }: Pick<ReadPage, 'rejections' | 'drift'>): boolean {
  return rejections.length === 0 && !drift.some(({ kind }) => kind === 'UNMAPPED_CODE');
}

async function acknowledge<Config>(read: QueueRead<Config>, id: string, outcome: Acknowledgement): Promise<void> {
  const { queue, stream, upstream, config } = read;
  const request = queue.acknowledge(id, outcome, config);
  const asked = await upstream.ask(request, stream.format, () => undefined);
  if (asked.outcome !== 'answered') return;
  await asked.more.return?.();
  await asked.answer.body.dispose();
}

type PageContent = Omit<ReadPage, 'requests' | 'checkpoint'>;

function pageOf<Config>(read: QueueRead<Config>, message: Got): PageContent {
  const { stream, queue, config, context, lookups } = read;
  const { id, body, answer, requestedAt, domainRequestedAt } = message;
  const converted = convertPage({ stream, config, context, lookups, domainNow: context.domainClock.now() }, [body]);
  const raw = rawAnswer(queue.get(id, config), answer, queue.format);
  return { stream: stream.name, requestedAt, domainRequestedAt, raw, ...converted };
}

/** Without messages: that there is none left that could be read. */
function endPage<Config>({ stream, context }: QueueRead<Config>): PageContent {
  const asking = { requestedAt: context.clock.now(), domainRequestedAt: context.domainClock.now() };
  return { stream: stream.name, ...asking, observations: [], rejections: [], drift: [], read: 0 };
}
