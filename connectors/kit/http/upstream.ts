import { prettifyError, ZodError } from 'zod';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { AuthKind, Authorized, AuthSetup } from '../auth/auth.ts';
import type { ConnectorContext } from '../connector.ts';
import { ConnectorError, throwIfCancelled } from '../connector-error.ts';
import { PagingFault } from '../paging/paging-fault.ts';
import { redactSecrets } from '../redact.ts';
import { backoffMs, type RetryPolicy, retryAfterMs } from './backoff.ts';
import type { BreakerOptions } from './circuit-breaker.ts';
import { decodeCsv } from './decode-csv.ts';
import { decodeJson } from './decode-json.ts';
import { type ErrorRule, findErrorRule } from './error-table.ts';
import { type HttpLimits, sendOnce } from './http-client.ts';
import type { HttpAnswer, HttpRequest } from './http-types.ts';
import { type BudgetLimits, RunBudget } from './run-budget.ts';
import type { RateLimit } from './token-bucket.ts';

export interface UpstreamOptions {
  /** Names the upstream among all of the process: who shares session, breaker and rate limit. */
  readonly key: string;
  readonly baseUrl: string;
  readonly auth: AuthKind;
  readonly errors: readonly ErrorRule[];
  /** The error code in a body, undefined for success. */
  readonly errorCodeOf: (body: Json) => string | undefined;
  readonly limits: HttpLimits;
  readonly retry: RetryPolicy;
  readonly rateLimit: RateLimit;
  readonly breaker: BreakerOptions;
  readonly budget: BudgetLimits;
}

export type Asked<T> =
  | { readonly outcome: 'answered'; readonly value: T; readonly answer: HttpAnswer }
  | { readonly outcome: 'not-modified' }
  /** The error table says that this failure means that nothing is there. */
  | { readonly outcome: 'ignored' };

/** In the sandbox at 1,440 times the speed six hours are 15 s of a slow answer; a time zone taken wrongly is seven. */
const MAX_CLOCK_OFF_MS = 6 * 3_600_000;

/** A failed attempt, with what the upstream said about when to come back. */
class AttemptFailure extends Error {
  constructor(
    readonly error: ConnectorError,
    readonly action: 'retry' | 'reauthenticate' | 'fail',
    readonly retryAfter?: number,
  ) {
    super(error.message);
  }
}

/**
 * One upstream as one run asks it: breaker, rate limit, sign-in, deadline, error table, retries, budget. `ask` gives a
 * checked value or throws a {@link ConnectorError}; every wait in it ends with the signal of the run.
 */
export class Upstream {
  private readonly budget: RunBudget;
  private countedRequests = 0;

  constructor(
    private readonly options: UpstreamOptions,
    private readonly context: ConnectorContext,
  ) {
    this.budget = new RunBudget(options.budget, context.shared.monotonicMs);
  }

  /** Requests since this was last asked. */
  takeRequestCount(): number {
    const count = this.budget.requests - this.countedRequests;
    this.countedRequests = this.budget.requests;
    return count;
  }

  /**
   * Sends a request until it succeeds or may not be tried again. `read` turns the JSON into a value and may throw a
   * retryable error for a page that is not what was asked for: then it is asked for again.
   */
  async ask<T>(request: HttpRequest, read: (body: Json) => T): Promise<Asked<T>> {
    let hasReauthenticated = false;
    for (let attempt = 1; ; ) {
      try {
        return await this.attempt(request, read);
      } catch (error) {
        throwIfCancelled(this.context.signal);
        const failure = toFailure(error);
        if (failure.action === 'reauthenticate' && !hasReauthenticated) {
          hasReauthenticated = true;
          continue;
        }
        if (failure.action !== 'retry' || attempt >= this.options.retry.maxAttempts) throw failure.error;
        const waitMs = backoffMs(this.options.retry, attempt, this.context.random, failure.retryAfter);
        this.logRetry(request, failure, attempt, waitMs);
        this.budget.assertTimeFor(waitMs);
        await this.context.shared.sleep(waitMs, this.context.signal);
        attempt += 1;
      }
    }
  }

  private async attempt<T>(request: HttpRequest, read: (body: Json) => T): Promise<Asked<T>> {
    const { shared, signal } = this.context;
    const breaker = shared.breaker(this.options.key, this.options.breaker);
    try {
      breaker.admit();
    } catch (error) {
      // To wait for the breaker is not for this run: the next one finds it closed or probes.
      throw new AttemptFailure(error as ConnectorError, 'fail');
    }
    try {
      const authorized = await this.options.auth.authorize(request, this.authSetup());
      const asked = this.readAnswer(authorized, await this.send(authorized.request, signal), read);
      breaker.succeeded();
      return asked;
    } catch (error) {
      if (signal.aborted || !isUpstreamsFault(error)) breaker.abandoned();
      else breaker.failed();
      throw error;
    }
  }

  private readAnswer<T>({ request, token }: Authorized, answer: HttpAnswer, read: (body: Json) => T): Asked<T> {
    if (answer.status === 304 && isConditional(request)) return { outcome: 'not-modified' };
    this.checkClock(answer);
    const isSuccess = answer.status >= 200 && answer.status < 300;
    const decode = request.format === 'csv' ? decodeCsv : decodeJson;
    const body = isSuccess ? decode(answer) : tryDecode(answer);
    const code = body === undefined ? undefined : this.options.errorCodeOf(body);
    const rule = findErrorRule(this.options.errors, answer.status, code);
    if (!rule) return { outcome: 'answered', value: read(body as Json), answer };
    if (rule.action === 'ignore') return { outcome: 'ignored' };
    const detail = `HTTP ${answer.status}${code === undefined ? '' : `, code ${code}`}`;
    const error = ConnectorError.of(rule.kind, rule.userMessage, `${rule.logMessage ?? 'refused'}: ${detail}`);
    if (rule.action === 'reauthenticate') {
      if (token) this.context.shared.tokenSlot(this.options.key).invalidate(token);
      throw new AttemptFailure(error, token ? 'reauthenticate' : 'fail');
    }
    if (rule.action === 'fail') throw new AttemptFailure(error, 'fail');
    throw new AttemptFailure(error, 'retry', retryAfterMs(answer.headers['retry-after'], this.context.clock.now()));
  }

  /** An upstream whose clock is hours off stamps its records wrongly too, and those would pass for news or for history. */
  private checkClock({ headers }: HttpAnswer): void {
    const date = Date.parse(headers.date ?? '');
    const offMs = Number.isNaN(date) ? 0 : Math.abs(date - this.context.domainClock.now().getTime());
    if (offMs <= MAX_CLOCK_OFF_MS) return;
    const hours = Math.round(offMs / 3_600_000);
    throw ConnectorError.of('system', `The upstream's clock is ${hours} h off, so its times cannot be trusted.`);
  }

  private authSetup(): AuthSetup {
    const { shared, credentials, signal } = this.context;
    return {
      credentials,
      slot: shared.tokenSlot(this.options.key),
      monotonicMs: shared.monotonicMs,
      signal,
      signIn: async (request) => {
        const answer = await this.send(request, shared.signal);
        if (answer.status >= 200 && answer.status < 300) return answer;
        const isRefusal = [400, 401, 403].includes(answer.status);
        const rule = findErrorRule([], isRefusal ? 401 : answer.status, undefined) as ErrorRule;
        const error = ConnectorError.of(rule.kind, rule.userMessage, `sign-in: HTTP ${answer.status}`);
        const retryAfter = retryAfterMs(answer.headers['retry-after'], this.context.clock.now());
        throw error.retryable ? new AttemptFailure(error, 'retry', retryAfter) : error;
      },
    };
  }

  private async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { shared } = this.context;
    const bucket = shared.bucket(this.options.key, this.options.rateLimit);
    this.budget.assertTimeFor(bucket.waitMs());
    await bucket.take(signal);
    this.budget.spendRequest();
    const deadlineMs = Math.min(this.options.limits.deadlineMs, this.budget.remainingMs());
    return sendOnce(this.options.baseUrl, request, { ...this.options.limits, deadlineMs }, shared, signal);
  }

  private logRetry(request: HttpRequest, { error }: AttemptFailure, attempt: number, waitMs: number): void {
    const fields = {
      source: this.context.source.id,
      path: redactSecrets(request.path),
      attempt,
      waitMs,
      code: error.code,
    };
    this.context.logger?.info(fields, `asking again: ${error.message}`);
  }
}

function toFailure(error: unknown): AttemptFailure {
  if (error instanceof AttemptFailure) return error;
  if (error instanceof PagingFault && error.again === 'list') return new AttemptFailure(error, 'fail');
  if (error instanceof ConnectorError) return new AttemptFailure(error, error.retryable ? 'retry' : 'fail');
  if (error instanceof ZodError) {
    const told = "The upstream's answer has not the promised shape; its interface may have changed.";
    return new AttemptFailure(ConnectorError.of('contract', told, prettifyError(error)), 'fail');
  }
  const unknown = ConnectorError.of(
    'system',
    'The connector failed on this answer; its log says more.',
    String(error),
    error,
  );
  return new AttemptFailure(unknown, 'fail');
}

/** Only what tells of the upstream's health counts for the breaker: a refusal of credentials or a full budget does not. */
function isUpstreamsFault(error: unknown): boolean {
  return toFailure(error).error.retryable;
}

function isConditional(request: HttpRequest): boolean {
  return Object.keys(request.headers ?? {}).some((name) => /^if-(none-match|modified-since)$/i.test(name));
}

function tryDecode(answer: HttpAnswer): Json | undefined {
  try {
    return decodeJson(answer);
  } catch {
    return undefined;
  }
}
