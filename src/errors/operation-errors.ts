import { HubError } from './hub-error.ts';

/** The hub is set up in a way that cannot work. Lists every mistake at once, each with what to do. */
export class ConfigurationError extends HubError {
  override readonly code = 'CONFIGURATION';
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(problems: string | readonly string[], options?: { cause?: unknown }) {
    const list = typeof problems === 'string' ? [problems] : problems;
    super(
      list.length === 1 ? (list[0] as string) : `${list.length} mistakes:\n${list.map((p) => `- ${p}`).join('\n')}`,
      options,
    );
    this.details = { problems: list };
  }
}

/** Something that the hub stands on is not there just now (the database, the queue); the same call may succeed soon. */
export class UnavailableError extends HubError {
  override readonly code = 'UNAVAILABLE';
  override readonly retryable = true;

  constructor(what: string, options?: { cause?: unknown }) {
    super(`${what} is not available just now. Try again in a moment.`, options);
  }
}

/** It took longer than it may. */
export class TimeoutError extends HubError {
  override readonly code = 'TIMEOUT';
  override readonly retryable = true;

  constructor(what: string, limitMs?: number, options?: { cause?: unknown }) {
    super(
      `${what} took longer than ${limitMs === undefined ? 'allowed' : `the ${limitMs} ms allowed`}. Ask for less.`,
      options,
    );
  }
}

/** Ended because somebody asked for it: a signal, a client that left, a stop of the hub. */
export class CancelledError extends HubError {
  override readonly code = 'CANCELLED';

  constructor(what = 'The operation', options?: { cause?: unknown }) {
    super(`${what} was cancelled.`, options);
  }
}
