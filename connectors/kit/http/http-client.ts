import axios, { AxiosError, type AxiosRequestConfig } from 'axios';
import { ConnectorError, throwIfCancelled } from '../connector-error.ts';
import type { SharedState } from '../shared-state.ts';
import type { HttpAnswer, HttpRequest } from './http-types.ts';

export interface HttpLimits {
  /** From the first byte sent to the last received. Default 30 s. */
  readonly deadlineMs: number;
  /** Of the body, after decompression. Default 32 MiB; stops a small archive that bursts. */
  readonly maxResponseBytes: number;
}

/**
 * One attempt: sends a request and gives the whole answer, whatever its status. Throws UPSTREAM_TRANSIENT where there is
 * no connection, the deadline passes or the body breaks off, UPSTREAM_CONTRACT for a body over the limit, CANCELLED when
 * the signal aborts. Redirects are not followed, so that credentials go nowhere else.
 */
export async function sendOnce(
  baseUrl: string,
  request: HttpRequest,
  limits: HttpLimits,
  shared: SharedState,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  throwIfCancelled(signal);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), limits.deadlineMs);
  try {
    const response = await axios.request<Buffer>({
      ...axiosConfig(baseUrl, request, limits, shared),
      signal: AbortSignal.any([signal, deadline.signal]),
    });
    return { status: response.status, headers: plainHeaders(response.headers), body: Buffer.from(response.data) };
  } catch (error) {
    throwIfCancelled(signal);
    throw toConnectorError(error, deadline.signal.aborted, limits);
  } finally {
    clearTimeout(timer);
  }
}

const ACCEPT = { json: 'application/json', csv: 'text/csv, application/json;q=0.5' } as const;

function axiosConfig(
  baseUrl: string,
  request: HttpRequest,
  limits: HttpLimits,
  shared: SharedState,
): AxiosRequestConfig {
  const url = new URL(baseUrl.replace(/\/$/, '') + request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, String(value));
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return {
    method: request.method,
    url: url.href,
    headers: {
      Accept: ACCEPT[request.format ?? 'json'],
      'User-Agent': 'lienthong',
      ...contentType(request),
      ...request.headers,
    },
    data: request.form ? new URLSearchParams(request.form).toString() : request.json && JSON.stringify(request.json),
    httpAgent: shared.httpAgent,
    httpsAgent: shared.httpsAgent,
    // A proxy of the environment serves the outside world; it cannot reach our loopback.
    ...(isLoopback && { proxy: false }),
    responseType: 'arraybuffer',
    maxRedirects: 0,
    maxContentLength: limits.maxResponseBytes,
    validateStatus: () => true,
    transitional: { clarifyTimeoutError: true },
  };
}

function contentType(request: HttpRequest): Record<string, string> {
  if (request.form) return { 'Content-Type': 'application/x-www-form-urlencoded' };
  return request.json === undefined ? {} : { 'Content-Type': 'application/json', Charset: 'utf-8' };
}

function plainHeaders(headers: object): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return Object.fromEntries(entries);
}

/** Only the code of the axios error is kept: its config holds the credentials that were sent. */
function toConnectorError(error: unknown, isPastDeadline: boolean, limits: HttpLimits): ConnectorError {
  if (isPastDeadline) {
    const seconds = limits.deadlineMs / 1000;
    return ConnectorError.of('transient', `The upstream did not answer within ${seconds} s.`, 'deadline passed');
  }
  const code = error instanceof AxiosError ? (error.code ?? 'unknown') : 'unknown';
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith('maxContentLength')) {
    const mebibytes = Math.round(limits.maxResponseBytes / 2 ** 20);
    return ConnectorError.of('contract', `The upstream's answer is larger than ${mebibytes} MiB.`, 'answer too large');
  }
  if (['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)) {
    return ConnectorError.of(
      'transient',
      'The upstream cannot be reached; is its address right?',
      `no connection: ${code}`,
    );
  }
  return ConnectorError.of('transient', "The upstream's answer broke off.", `connection broke: ${code}`);
}
