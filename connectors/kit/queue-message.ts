import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { ReadPage } from './connector.ts';
import type { ConnectorError } from './connector-error.ts';
import { convertPage } from './convert-page.ts';
import { orEmpty, SeenFormat } from './formats/seen-format.ts';
import { UnreadableError } from './formats/unreadable-error.ts';
import type { DataAnswer } from './http/http-types.ts';
import type { Asking } from './http/upstream.ts';
import { type Acknowledgement, type MessageQueue, ofOneMessage, requireMessage } from './message-queue.ts';
import { PagingFault } from './paging/paging-fault.ts';
import { rawAnswer } from './raw-answer.ts';
import type { StreamRead } from './read-stream.ts';
import { createRejection } from './rejection.ts';

export interface QueueRead<Config> extends StreamRead<Config> {
  readonly queue: MessageQueue<Config>;
}

/** A message as it was got: its page is all that is known of it. */
export interface Got {
  readonly id: string;
  readonly page: PageContent;
  readonly answer?: DataAnswer;
}

/** What is to be done with a message: to read it, or only to acknowledge it. */
export interface Step {
  readonly id: string;
  readonly outcome?: Acknowledgement;
}

/** Told of each step how it went. May throw, to end the run. */
export type Tell = (step: Step, error?: ConnectorError) => void;

/** Gets a message, and its page; undefined for one that is gone. */
export async function getMessage<Config>(
  read: QueueRead<Config>,
  id: string,
  asking: Asking,
): Promise<Got | undefined> {
  const { queue, upstream, config, context } = read;
  const asked = { requestedAt: context.clock.now(), domainRequestedAt: context.domainClock.now() };
  const seen = new SeenFormat(queue.format);
  try {
    const given = await upstream.ask(queue.get(id, config), seen, (body) => requireMessage(queue, id, body), {
      ...asking,
      isOneOfMany: true,
    });
    if (given.outcome === 'ignored') return undefined;
    if (given.outcome !== 'answered')
      throw new PagingFault('it lists a message that it does not have', `message ${id}`);
    await given.more.return?.();
    return { id, answer: given.answer, page: { ...asked, ...pageOf(read, id, given.value, given.answer) } };
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return { id, page: { ...asked, ...unreadablePage(read, id, error, seen.beginning) } };
  }
}

/** A message that was rejected, or holds a code that no map knows: its sender is to learn that. */
export function isUnderstood({ rejections, drift }: Pick<ReadPage, 'rejections' | 'drift'>): boolean {
  return rejections.length === 0 && !drift.some(({ kind }) => kind === 'UNMAPPED_CODE');
}

/** Tells the upstream that a message is stored, or that it could not be understood. */
export async function acknowledge<Config>(
  { queue, stream, upstream, config }: QueueRead<Config>,
  step: Required<Step>,
  asking: Asking,
  tell: Tell,
): Promise<void> {
  try {
    const request = queue.acknowledge(step.id, step.outcome, config);
    const asked = await upstream.ask(request, orEmpty(stream.format), () => undefined, {
      ...asking,
      isOneOfMany: true,
    });
    if (asked.outcome === 'answered') {
      await asked.more.return?.();
      await asked.answer.body.dispose();
    }
  } catch (error) {
    tell(step, ofOneMessage(error));
    return;
  }
  tell(step);
}

type Asked = Pick<ReadPage, 'requestedAt' | 'domainRequestedAt'>;
export type PageContent = Omit<ReadPage, 'requests' | 'checkpoint'>;

function pageOf<Config>(
  read: QueueRead<Config>,
  id: string,
  body: Json,
  answer: DataAnswer,
): Omit<PageContent, keyof Asked> {
  const { stream, queue, config, context, lookups } = read;
  const converted = convertPage({ stream, config, context, lookups, domainNow: context.domainClock.now() }, [body]);
  return { stream: stream.name, raw: rawAnswer(queue.get(id, config), answer, queue.format), ...converted };
}

/** Of a message that stays unreadable: what came, as far as it is text, so that somebody may find out why. */
function unreadablePage<Config>(
  { stream, context }: QueueRead<Config>,
  id: string,
  { userMessage }: UnreadableError,
  beginning: string,
): Omit<PageContent, keyof Asked> {
  const { name, contractVersion } = stream;
  const setting = { stream: name, contractVersion, secrets: Object.values(context.credentials) };
  const rejection = createRejection(setting, { message: id, beginning }, userMessage);
  return { stream: name, records: [], observations: [], rejections: [rejection], drift: [], read: 1 };
}
