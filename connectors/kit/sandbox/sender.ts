import { createHash } from 'node:crypto';

/** Something that a sender tells the hub, the same in every delivery. */
export interface SandboxEvent {
  readonly id: string;
  /** Media type. */
  readonly contentType: string;
  readonly body: Buffer;
}

/** One who pushes to the hub in the sandbox. Keeps nothing: what it says follows from the time and the seed. */
export interface SandboxSender {
  /** The source that it pushes to. */
  readonly source: string;
  /** Unlike that of any other sender. */
  readonly name: string;
  /** The provinces of the hub's key that it needs; undefined for one that signs. */
  readonly provinces?: readonly string[];
  /** What happened after `since` and up to `at`, by the clock of the sandbox; oldest first. */
  eventsBetween(since: Date, at: Date): readonly SandboxEvent[];
  /** What is so at a moment, said again so that it stays fresh. `sentAt`, in real time, tells one report from the next. */
  reportAt(at: Date, sentAt: Date): readonly SandboxEvent[];
  /** The headers of one delivery, sent at a real moment, since the hub judges by its own clock; a key is the pusher's to add. */
  headersOf(event: SandboxEvent, sentAt: Date): Readonly<Record<string, string>>;
}

/**
 * The event under an id that has its content in it: what is told of the same thing later, or after a restart together with
 * something else, is another event. An event that is only sent again keeps its id.
 */
export function identified({ id, ...event }: SandboxEvent): SandboxEvent {
  const digest = createHash('sha256').update(event.body).digest('hex').slice(0, 12);
  return { ...event, id: `${id}-${digest}` };
}

/** An event whose body is JSON. */
export function jsonEvent(id: string, body: object): SandboxEvent {
  return { id, contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) };
}
