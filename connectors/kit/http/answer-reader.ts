import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { Authorized } from '../auth/auth.ts';
import type { Token } from '../auth/token-slot.ts';
import type { ConnectorContext } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import type { Format } from '../formats/format.ts';
import { AttemptFailure, errorOf } from './attempt-failure.ts';
import { retryAfterMs } from './backoff.ts';
import { endOf, firstOf, nextOf, refusalOf } from './bodies.ts';
import { type ErrorRule, findErrorRule } from './error-table.ts';
import type { DataAnswer, HttpRequest } from './http-types.ts';
import type { UpstreamOptions } from './upstream.ts';

export type Asked<T> =
  | {
      readonly outcome: 'answered';
      readonly value: T;
      /** What comes after it in the same answer, where the format gives several bodies. */
      readonly more: AsyncIterator<T, void, undefined>;
      /** To be disposed of once nothing more is read. */
      readonly answer: DataAnswer;
    }
  | { readonly outcome: 'not-modified' }
  /** The error table says that this failure means that nothing is there. */
  | { readonly outcome: 'ignored' };

/** In the sandbox at 1,440 times the speed six hours are 15 s of a slow answer; a time zone taken wrongly is seven. */
const MAX_CLOCK_OFF_MS = 6 * 3_600_000;

const SIGNED_OUT: ErrorRule = {
  when: {},
  action: 'reauthenticate',
  kind: 'configuration',
  userMessage: 'The upstream ends every session at once; check whether the account may read.',
};

/** What an answer is: a value, nothing new, nothing there, or a failure with what is to be done about it. */
export class AnswerReader {
  constructor(
    private readonly options: Pick<UpstreamOptions, 'auth' | 'errors' | 'errorCodeOf'>,
    private readonly context: Pick<ConnectorContext, 'clock' | 'domainClock'>,
    /** Says that the upstream no longer takes a token. */
    private readonly invalidate: (token: Token) => void,
  ) {}

  /** Decides once what the answer means; throws an {@link AttemptFailure} for a failure. */
  async read<T>(
    { request, token }: Authorized,
    answer: DataAnswer,
    format: Format,
    read: (body: Json) => T,
  ): Promise<Asked<T>> {
    if (answer.status === 304 && isConditional(request)) return { outcome: 'not-modified' };
    this.checkClock(answer);
    if (answer.status < 400 && this.isSignedOut(answer)) this.refuse(SIGNED_OUT, answer, 'signed out', token);
    const bodies = format.read(answer)[Symbol.asyncIterator]();
    let asked: Asked<T> | undefined;
    try {
      asked = await this.judge(answer, bodies, read, token);
      return asked;
    } finally {
      if (asked?.outcome !== 'answered') await bodies.return?.();
    }
  }

  private async judge<T>(
    answer: DataAnswer,
    bodies: AsyncIterator<Json, void, undefined>,
    read: (body: Json) => T,
    token: Token | undefined,
  ): Promise<Asked<T>> {
    const isSuccess = answer.status >= 200 && answer.status < 300;
    const body = isSuccess ? await firstOf(bodies) : await refusalOf(answer, bodies);
    // Nothing in a body is no code in it.
    const code = body === undefined || body === null ? undefined : this.options.errorCodeOf(body);
    const rule = findErrorRule(this.options.errors, answer.status, code);
    if (!rule) {
      const more = { next: () => nextOf(bodies, read), return: () => endOf(bodies) };
      return { outcome: 'answered', value: read(body as Json), more, answer };
    }
    if (rule.action === 'ignore') return { outcome: 'ignored' };
    return this.refuse(rule, answer, `HTTP ${answer.status}${code === undefined ? '' : `, code ${code}`}`, token);
  }

  private isSignedOut({ headers, body }: DataAnswer): boolean {
    return this.options.auth.isSignedOut?.({ headers, beginning: body.beginning() }) ?? false;
  }

  /** Throws what the rule makes of the answer. */
  private refuse(rule: ErrorRule, { headers }: DataAnswer, detail: string, token: Token | undefined): never {
    const error = errorOf(rule, `${rule.logMessage ?? 'refused'}: ${detail}`);
    if (rule.action === 'reauthenticate') {
      if (token) this.invalidate(token);
      throw new AttemptFailure(error, token ? 'reauthenticate' : 'fail');
    }
    if (rule.action === 'fail') throw new AttemptFailure(error, 'fail');
    throw new AttemptFailure(error, 'retry', retryAfterMs(headers['retry-after'], this.context.clock.now()));
  }

  /** An upstream whose clock is hours off stamps its records wrongly too, and those would pass for news or for history. */
  private checkClock({ headers }: DataAnswer): void {
    const date = Date.parse(headers.date ?? '');
    const offMs = Number.isNaN(date) ? 0 : Math.abs(date - this.context.domainClock.now().getTime());
    if (offMs <= MAX_CLOCK_OFF_MS) return;
    const hours = Math.round(offMs / 3_600_000);
    throw ConnectorError.of('system', `The upstream's clock is ${hours} h off, so its times cannot be trusted.`);
  }
}

function isConditional(request: HttpRequest): boolean {
  return Object.keys(request.headers ?? {}).some((name) => /^if-(none-match|modified-since)$/i.test(name));
}
