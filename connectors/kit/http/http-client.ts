import { addAbortSignal, type Readable } from 'node:stream';
import axios, { AxiosError, type AxiosRequestConfig } from 'axios';
import { ConnectorError, throwIfCancelled } from '../connector-error.ts';
import type { ClientCertificate, SharedState } from '../shared-state.ts';
import { AnswerBody, BodyTooLargeError } from './answer-body.ts';
import { type DataAnswer, type HttpRequest, requestBody, requestUrl } from './http-types.ts';
import { HubFaultError } from './hub-fault-error.ts';

export interface HttpLimits {
  /** From the first byte sent to the last received. Default 30 s. */
  readonly deadlineMs: number;
  /** Of the body, after decompression. Default 32 MiB; stops a small archive that bursts. */
  readonly maxResponseBytes: number;
}

/** Where requests go, and what holds for each of them. */
export interface HttpSetting {
  readonly baseUrl: string;
  readonly shared: SharedState;
  readonly certificate?: ClientCertificate | undefined;
  readonly limits: HttpLimits;
}

/**
 * One attempt: sends a request and gives the whole answer, whatever its status. Throws UPSTREAM_TRANSIENT where there is
 * no connection, the deadline passes or the body breaks off, UPSTREAM_CONTRACT for a body over the limit, CANCELLED when
 * the signal aborts, HubFaultError where it is ours. Redirects are not followed, so that credentials go nowhere else.
 */
export async function sendOnce(
  { baseUrl, shared, certificate, limits }: HttpSetting,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<DataAnswer> {
  throwIfCancelled(signal);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), limits.deadlineMs);
  try {
    const ending = AbortSignal.any([signal, deadline.signal]);
    const url = requestUrl(baseUrl, request);
    if (certificate && url.protocol !== 'https:') throw notEncrypted();
    const config = axiosConfig(url, request, shared, certificate);
    const response = await axios.request<Readable>({ ...config, signal: ending });
    // Axios lets go of a stream once its headers are there.
    const stream = addAbortSignal(ending, response.data);
    const body = await AnswerBody.receive(stream, limits.maxResponseBytes).finally(() => stream.destroy());
    const setCookies = [response.headers['set-cookie'] ?? []].flat();
    return { status: response.status, headers: plainHeaders(response.headers), setCookies, body };
  } catch (error) {
    throwIfCancelled(signal);
    throw toConnectorError(error, deadline.signal.aborted, limits);
  } finally {
    clearTimeout(timer);
  }
}

/** Without encryption nobody would see the certificate, and everybody what is asked. */
const notEncrypted = (): ConnectorError =>
  ConnectorError.of('configuration', 'The source shows a certificate, so its base URL must begin with https:.');

function axiosConfig(
  url: URL,
  request: HttpRequest,
  shared: SharedState,
  certificate: ClientCertificate | undefined,
): AxiosRequestConfig {
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return {
    method: request.method,
    url: url.href,
    headers: {
      Accept: request.accept ?? 'application/json',
      'User-Agent': 'lienthong',
      ...contentType(request),
      ...request.headers,
    },
    data: requestBody(request) || undefined,
    httpAgent: shared.httpAgent,
    httpsAgent: shared.httpsAgentWith(certificate),
    // A proxy of the environment serves the outside world; it cannot reach our loopback.
    ...(isLoopback && { proxy: false }),
    responseType: 'stream',
    maxRedirects: 0,
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

/** How Node says that the certificate of a server is not to be trusted. */
const UNTRUSTED = /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET_ISSUER|VERIFY)_)/;

/** Only the code of the axios error is kept: its config holds the credentials that were sent. */
function toConnectorError(error: unknown, isPastDeadline: boolean, limits: HttpLimits): ConnectorError {
  if (isPastDeadline) {
    const seconds = limits.deadlineMs / 1000;
    return ConnectorError.of('transient', `The upstream did not answer within ${seconds} s.`, 'deadline passed');
  }
  if (error instanceof ConnectorError) return error;
  const code = error instanceof AxiosError ? (error.code ?? 'unknown') : 'unknown';
  if (error instanceof BodyTooLargeError) {
    const mebibytes = Math.round(limits.maxResponseBytes / 2 ** 20);
    return ConnectorError.of('contract', `The upstream's answer is larger than ${mebibytes} MiB.`, 'answer too large');
  }
  if (['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS'].includes(code)) return new HubFaultError(code);
  if (['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code)) {
    return ConnectorError.of(
      'transient',
      'The upstream cannot be reached; is its address right?',
      `no connection: ${code}`,
    );
  }
  if (UNTRUSTED.test(code)) {
    return ConnectorError.of(
      'configuration',
      "The upstream's certificate is not one that the hub trusts; check the base URL and who vouches for the upstream.",
      `certificate not trusted: ${code}`,
    );
  }
  return ConnectorError.of('transient', "The upstream's answer broke off.", `connection broke: ${code}`);
}
