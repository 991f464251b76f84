import { type Request, type Response, Router } from 'express';
import type { FormatError } from '../live/operation.ts';
import { BodyBudget, readBody } from './ingest-body.ts';
import { sendIngestError } from './ingest-errors.ts';

/** A delivery before its body is read. */
export interface IngestHead {
  readonly source: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Media type in lower case, without parameters. */
  readonly contentType: string;
  /** The peer of the connection. */
  readonly remoteAddress: string;
}

export interface ReceiptRequest extends Omit<IngestHead, 'contentType'> {
  readonly receipt: string;
  /** The path that is asked for: what a sender who signs signs in place of a body. */
  readonly path: string;
}

/** What was taken; shown as it is. */
export interface IngestReceipt {
  readonly receipt: string;
  readonly duplicate: boolean;
  readonly [member: string]: unknown;
}

/** A delivery that may be read. */
export interface Admission {
  /** Whether it is known who sends it; a signature can be checked only once the body is there. */
  readonly isKnown: boolean;
  readonly maxBytes: number;
  receive(rawBody: Buffer): Promise<IngestReceipt>;
}

/** What stands behind `/ingest`. Rejects with the hub's own errors. */
export interface IngestPort {
  /** Finds out who sends as far as the head tells, so that nobody who has no business here has a body read. */
  admit(head: IngestHead): Promise<Admission>;
  findReceipt(request: ReceiptRequest): Promise<IngestReceipt>;
}

export interface IngestOptions {
  readonly port: IngestPort;
  readonly formatError: FormatError;
  /** Deliveries that are in hand at a time, each with its whole body; more are sent away, to come again. Default 64. */
  readonly maxInHand?: number;
  /** Bytes of bodies in memory at a time of senders who are known. Default 128 MiB. */
  readonly maxKnownBytes?: number;
  /** The same of those of whom only the whole body tells. Default 32 MiB. */
  readonly maxUnknownBytes?: number;
}

const DEFAULT_MAX_IN_HAND = 64;
const DEFAULT_MAX_KNOWN_BYTES = 128 * 2 ** 20;
const DEFAULT_MAX_UNKNOWN_BYTES = 32 * 2 ** 20;
const BUSY_SECONDS = 1;
/** Taken by some source at least. What each takes, only those learn who may push to it. */
const MEDIA_TYPES = /^(application\/json|text\/csv|application\/x-ndjson|application\/jsonl)$/;

/**
 * `POST /ingest/:source` and `GET /ingest/:source/receipts/:receipt`. Answers the same for a source that there is not as
 * for one whose sender nobody knows. Only deliveries that are there as a whole count as in hand, so that whoever sends
 * slowly keeps nobody out.
 */
export function ingestRoutes(options: IngestOptions): Router {
  const { port, formatError, maxInHand = DEFAULT_MAX_IN_HAND } = options;
  const known = new BodyBudget(options.maxKnownBytes ?? DEFAULT_MAX_KNOWN_BYTES);
  const unknown = new BodyBudget(options.maxUnknownBytes ?? DEFAULT_MAX_UNKNOWN_BYTES);
  const router = Router();
  let inHand = 0;
  router.post('/ingest/:source', async (request: Request<{ source: string }>, response: Response) => {
    const problem = formProblem(request);
    if (problem) return refuse(request, response, 415, 'BAD_USER_INPUT', problem);
    const { source } = request.params;
    const admitted = await port
      .admit({ ...headOf(request), source, contentType: mediaType(request) })
      .catch((error) => {
        sendIngestError(response, error, formatError);
        request.resume();
      });
    if (!admitted) return;
    const budget = admitted.isKnown ? known : unknown;
    const rawBody = await readBody(request, admitted.maxBytes, budget);
    if (rawBody === 'gone') return;
    if (rawBody === 'no room') return refuseBusy(request, response);
    if (rawBody === 'too large') {
      const most = `Send at most ${admitted.maxBytes} bytes at a time.`;
      return refuse(request, response, 413, 'LIMIT_DOCUMENT_SIZE', most);
    }
    inHand += 1;
    try {
      if (inHand > maxInHand) return refuseBusy(request, response);
      const taken = await admitted.receive(rawBody);
      response.location(`/ingest/${source}/receipts/${taken.receipt}`);
      response.status(taken.duplicate ? 200 : 202).json(taken);
    } catch (error) {
      sendIngestError(response, error, formatError);
    } finally {
      inHand -= 1;
      budget.release(rawBody.length);
    }
  });
  router.get('/ingest/:source/receipts/:receipt', async (request: Request<ReceiptParameters>, response: Response) => {
    try {
      const { source, receipt } = request.params;
      const path = request.originalUrl.split('?')[0] as string;
      response.json(await port.findReceipt({ ...headOf(request), source, receipt, path }));
    } catch (error) {
      sendIngestError(response, error, formatError);
    }
  });
  router.all(['/ingest/:source', '/ingest/:source/receipts/:receipt'], (request, response) => {
    response.set('allow', request.path.includes('/receipts/') ? 'GET' : 'POST');
    refuse(request, response, 405, 'BAD_USER_INPUT', 'POST a delivery, or GET the receipt of one.');
  });
  return router;
}

interface ReceiptParameters {
  readonly source: string;
  readonly receipt: string;
}

function headOf(request: Pick<Request, 'headers' | 'socket'>): Pick<IngestHead, 'headers' | 'remoteAddress'> {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]);
  return { headers: Object.fromEntries(headers), remoteAddress: request.socket.remoteAddress ?? '' };
}

function mediaType(request: Request): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** What keeps a body from being read at all, before anybody knows who sends it. */
function formProblem(request: Request): string | undefined {
  if (!MEDIA_TYPES.test(mediaType(request))) return 'Send it as application/json, text/csv or application/x-ndjson.';
  const charset = /charset\s*=\s*"?([\w-]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset && !/^(utf-?8|us-ascii)$/i.test(charset)) return 'Send it in UTF-8.';
  const encoding = request.headers['content-encoding'];
  return encoding && encoding !== 'identity' ? 'Send the body without a content-encoding.' : undefined;
}

function refuseBusy(request: Request, response: Response): void {
  response.set('retry-after', String(BUSY_SECONDS));
  refuse(request, response, 429, 'LIMIT_RATE', 'The hub is busy: send it again in a second.');
}

function refuse(request: Request, response: Response, status: number, code: string, message: string): void {
  response.status(status).json({ error: { code, message } });
  // Most senders read no answer before they have sent everything; one that sends without end is cut like any other.
  request.resume();
}
