import type { Json } from '../../../schema/kinds/fact-kind.ts';
import type { AuthKind, Authorized, AuthSetup } from '../auth/auth.ts';
import type { TokenSlot } from '../auth/token-slot.ts';
import type { ConnectorContext } from '../connector.ts';
import { type ConnectorError, throwIfCancelled } from '../connector-error.ts';
import { type Admission, CoordinationError } from '../coordination.ts';
import type { Format } from '../formats/format.ts';
import { UnreadableError } from '../formats/unreadable-error.ts';
import { withoutParameter } from '../paging/without-parameter.ts';
import { redactSecrets, redactText } from '../redact.ts';
import { UnfinishedError } from '../unfinished-error.ts';
import { AnswerReader, type Asked } from './answer-reader.ts';
import { AttemptFailure, errorOf, isUpstreamsFault, toFailure } from './attempt-failure.ts';
import { backoffMs, type RetryPolicy, retryAfterMs } from './backoff.ts';
import { inMemory } from './bodies.ts';
import type { BreakerOptions } from './circuit-breaker.ts';
import { type ErrorRule, findErrorRule } from './error-table.ts';
import { type HttpLimits, sendOnce } from './http-client.ts';
import type { DataAnswer, HttpRequest } from './http-types.ts';
import { type BudgetLimits, RunBudget } from './run-budget.ts';
import type { RateLimit } from './token-bucket.ts';

export interface UpstreamOptions {
  /** Names the account at the upstream among all of the installation: who shares its session. */
  readonly account: string;
  /** Names the upstream itself: who shares its rate limit and breaker, whatever account they ask it by. */
  readonly address: string;
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

export interface Asking {
  /**
   * One of many that stand by themselves, such as the messages of a queue: a fault that the upstream answers with is one
   * of this request, and tells nothing of the upstream's health.
   */
  readonly isOneOfMany?: boolean;
  /**
   * Whoever asks tries it again later: a fault of it ends it at once, but for an answer that cannot be read, which is asked
   * for again to know whether it stays so.
   */
  readonly mayBeLeft?: boolean;
}

/**
 * One upstream as one run asks it: breaker, rate limit, sign-in, deadline, error table, retries, budget. `ask` gives a
 * checked value or throws a {@link ConnectorError}; every wait in it ends with the signal of the run.
 */
export class Upstream {
  private readonly budget: RunBudget;
  private readonly reader: AnswerReader;
  /** Which an upstream may echo. */
  private readonly secrets: readonly string[];
  private countedRequests = 0;

  constructor(
    private readonly options: UpstreamOptions,
    private readonly context: ConnectorContext,
  ) {
    this.budget = new RunBudget(options.budget, context.shared.monotonicMs);
    this.secrets = Object.values(context.credentials);
    this.reader = new AnswerReader(options, context, (token) => this.slot.invalidate(token));
  }

  /** A body as paginators may keep of it: its links do not bring back what was put into the query to sign in. */
  withoutCredential(body: Json): Json {
    const { queryParameter } = this.options.auth;
    return queryParameter === undefined ? body : withoutParameter(body, queryParameter);
  }

  /** Requests since this was last asked. */
  takeRequestCount(): number {
    const count = this.budget.requests - this.countedRequests;
    this.countedRequests = this.budget.requests;
    return count;
  }

  /**
   * Sends a request until it succeeds or may not be tried again. `read` turns a body into a value and may throw a
   * retryable error for a page that is not what was asked for: then it is asked for again. Of several bodies that holds
   * for the first; `more` throws where a later one breaks.
   */
  async ask<T>(request: HttpRequest, format: Format, read: (body: Json) => T, asking: Asking = {}): Promise<Asked<T>> {
    let hasReauthenticated = false;
    for (let attempt = 1; ; ) {
      try {
        return await this.attempt({ accept: format.accept, ...request }, format, read, asking);
      } catch (error) {
        throwIfCancelled(this.context.signal);
        const failure = toFailure(error);
        if (failure.action === 'reauthenticate' && !hasReauthenticated) {
          hasReauthenticated = true;
          continue;
        }
        const isLast = attempt >= this.options.retry.maxAttempts || (asking.mayBeLeft && isOfRequest(failure));
        failure.error.redact((text) => redactText(text, this.secrets));
        if (failure.action !== 'retry' || isLast) throw failure.error;
        const waitMs = backoffMs(this.options.retry, attempt, this.context.random, failure.retryAfter);
        // That it limits us says more than that our time does not reach.
        if (failure.error instanceof UnfinishedError && waitMs > this.budget.remainingMs()) throw failure.error;
        this.logRetry(request, failure, attempt, waitMs);
        this.budget.assertTimeFor(waitMs);
        await this.context.shared.sleep(waitMs, this.context.signal);
        attempt += 1;
      }
    }
  }

  private async attempt<T>(
    request: HttpRequest,
    format: Format,
    read: (body: Json) => T,
    { isOneOfMany = false }: Asking,
  ): Promise<Asked<T>> {
    const admission = await this.admit();
    let isAnswered = false;
    try {
      const authorized = await this.options.auth.authorize(request, this.authSetup());
      const answer = await this.send(authorized.request, this.context.signal);
      isAnswered = true;
      const asked = await this.receive(authorized, answer, format, read);
      await admission.succeeded();
      return asked;
    } catch (error) {
      const isOfThisOne = isOneOfMany && isAnswered && toFailure(error).error.code === 'UPSTREAM_SYSTEM';
      if (this.context.signal.aborted || isOfThisOne || !isUpstreamsFault(error)) await admission.abandoned();
      else await admission.failed();
      throw error;
    }
  }

  private async admit(): Promise<Admission> {
    const { shared, signal } = this.context;
    try {
      return await shared.breaker(this.options.address, this.options.breaker).admit(signal);
    } catch (error) {
      if (error instanceof CoordinationError) throw error;
      throw new AttemptFailure(error as ConnectorError, 'fail');
    }
  }

  private get slot(): TokenSlot {
    return this.context.shared.tokenSlot(this.options.account, this.context.credentials);
  }

  private async receive<T>(
    authorized: Authorized,
    answer: DataAnswer,
    format: Format,
    read: (body: Json) => T,
  ): Promise<Asked<T>> {
    let asked: Asked<T> | undefined;
    try {
      asked = await this.reader.read(authorized, answer, format, read);
      return asked;
    } finally {
      if (asked?.outcome !== 'answered') await answer.body.dispose();
    }
  }

  private authSetup(): AuthSetup {
    const { shared, credentials, signal } = this.context;
    return {
      baseUrl: this.options.baseUrl,
      credentials,
      slot: this.slot,
      monotonicMs: shared.monotonicMs,
      domainNow: () => this.context.domainClock.now(),
      nonce: () => Math.floor(this.context.random() * Number.MAX_SAFE_INTEGER).toString(36),
      signal,
      signIn: async (request, { mayRedirect = false } = {}) => {
        const answer = await inMemory(await this.send(request, shared.signal));
        if (answer.status >= 200 && answer.status < (mayRedirect ? 400 : 300)) return answer;
        const isRefusal = [400, 401, 403].includes(answer.status);
        const rule = findErrorRule([], isRefusal ? 401 : answer.status, undefined) as ErrorRule;
        const error = errorOf(rule, `sign-in: HTTP ${answer.status}`);
        const retryAfter = retryAfterMs(answer.headers['retry-after'], this.context.clock.now());
        throw error.retryable ? new AttemptFailure(error, 'retry', retryAfter) : error;
      },
    };
  }

  private async send(request: HttpRequest, signal: AbortSignal): Promise<DataAnswer> {
    const { shared } = this.context;
    const limiter = shared.rateLimiter(this.options.address, this.options.rateLimit);
    this.budget.assertTimeFor(0);
    await limiter.take(signal, this.budget.remainingMs());
    this.budget.spendRequest();
    const { baseUrl, auth } = this.options;
    const deadlineMs = Math.min(this.options.limits.deadlineMs, this.budget.remainingMs());
    const limits = { ...this.options.limits, deadlineMs };
    const certificate = auth.certificate?.(this.context.credentials);
    return sendOnce({ baseUrl, shared, certificate, limits }, request, signal);
  }

  private logRetry(request: HttpRequest, { error }: AttemptFailure, attempt: number, waitMs: number): void {
    const fields = {
      source: this.context.source.id,
      path: redactText(redactSecrets(request.path), this.secrets),
      attempt,
      waitMs,
      code: error.code,
    };
    this.context.logger?.info(fields, `asking again: ${error.message}`);
  }
}

/** Whether a failure is one of the request itself. */
const isOfRequest = ({ error }: AttemptFailure): boolean =>
  isUpstreamsFault(error) && !(error instanceof UnreadableError);
