import { PushError } from '../../connectors/kit/push/push-error.ts';
import { HubError, NotFoundError, PushRefusedError, RateLimitError, UnauthenticatedError } from '../errors/index.ts';
import type { PushMetrics, PushOutcome } from '../observability/index.ts';
import { mayReadReceipt, requirePushRights } from '../services/ingest/push-rights.ts';
import type { Rights } from '../services/rights.ts';
import type { ConfiguredSource } from '../sync/configured-source.ts';
import { findReceipt, type Receipt } from '../sync/push-receipts.ts';
import { type PushDependencies, type PushSender, pushContext, receivePush } from '../sync/receive-push.ts';
import { type Authenticate, bearerToken } from '../transport/access.ts';
import type { IngestPort, IngestReceipt, IngestRequest, ReceiptRequest } from '../transport/ingest-routes.ts';
import type { PushGate } from './push-limits.ts';

export interface IngestParts extends PushDependencies {
  readonly sources: readonly ConfiguredSource[];
  readonly authenticate: Authenticate;
  readonly gate: PushGate;
  readonly metrics: PushMetrics;
}

/** A source that is pushed to. */
type PushedSource = ConfiguredSource & { readonly connector: { readonly push: object } };

/**
 * What stands behind `/ingest`: finds out who sends, lets each sender in at its pace, and hands the delivery to the
 * engine. A source that there is not is answered as one whose sender nobody knows.
 */
export function createIngest(parts: IngestParts): IngestPort {
  const sources = new Map(parts.sources.map((source) => [source.definition.id, source]));
  const pushed = (id: string): PushedSource | undefined => {
    const source = sources.get(id);
    return source?.connector.push && (source as PushedSource);
  };
  const receive = async (request: IngestRequest): Promise<{ isDuplicate: boolean; receipt: Receipt }> => {
    const source = pushed(request.source);
    const sender = await senderOf(parts, request, source);
    if (!source?.connector.push) throw new NotFoundError('source that is pushed to', request.source);
    const { push } = source.connector;
    return parts.gate.pass(`${request.source} ${sender.sender}`, () =>
      receivePush(parts, { source, push, delivery: request, sender, idempotencyKey: idempotencyKeyOf(request) }),
    );
  };
  return {
    async receive(request) {
      const label = pushed(request.source) ? request.source : 'unknown';
      try {
        const { receipt, isDuplicate } = await receive(request);
        parts.metrics.counted(label, isDuplicate ? 'duplicate' : receipt.state === 'PARTIAL' ? 'partial' : 'accepted');
        return present(receipt, isDuplicate);
      } catch (error) {
        parts.metrics.counted(label, outcomeOf(error));
        throw error;
      }
    },
    async findReceipt(request) {
      const source = pushed(request.source);
      const isSigned = isSignedBySender(parts, source, request);
      const rights = isSigned ? undefined : await parts.authenticate(...credentialsOf(request));
      if (rights?.keyId === null) throw new UnauthenticatedError();
      const found = source && (await findReceipt(parts.database.fork(), request.source, request.receipt));
      if (!found || (rights && !mayReadReceipt(rights, found))) throw new NotFoundError('receipt', request.receipt);
      return present(found, false);
    },
  };
}

/** @throws UnauthenticatedError for somebody nobody knows, whether or not there is such a source. */
async function senderOf(
  parts: IngestParts,
  request: IngestRequest,
  source: PushedSource | undefined,
): Promise<PushSender> {
  if (source?.connector.push?.spec.authentication === 'signature') {
    verifySignature(parts, source, request);
    return { sender: '', provinces: null };
  }
  const rights: Rights = await parts.authenticate(...credentialsOf(request));
  return requirePushRights(rights, request.source);
}

/** For the gate: only a sender that is known uses up its pace. The engine verifies what it reads once more. */
function verifySignature(
  parts: IngestParts,
  source: PushedSource,
  signed: Pick<IngestRequest, 'headers' | 'rawBody'>,
): void {
  try {
    source.connector.push?.verify(signed, pushContext(parts, source));
  } catch (error) {
    if (error instanceof PushError) throw new UnauthenticatedError(error.message);
    throw error;
  }
}

/** Who signs its deliveries signs the path of the receipt that it asks for. */
function isSignedBySender(parts: IngestParts, source: PushedSource | undefined, request: ReceiptRequest): boolean {
  if (source?.connector.push?.spec.authentication !== 'signature' || request.headers.authorization) return false;
  verifySignature(parts, source, { headers: request.headers, rawBody: Buffer.from(request.path) });
  return true;
}

function credentialsOf({
  headers,
  remoteAddress,
}: Pick<IngestRequest, 'headers' | 'remoteAddress'>): [string | undefined, string] {
  return [bearerToken(headers.authorization), remoteAddress];
}

const MAX_IDEMPOTENCY_KEY_LENGTH = 200;

function idempotencyKeyOf({ headers }: IngestRequest): string | undefined {
  const key = headers['idempotency-key']?.trim();
  if (!key) return undefined;
  if (key.length <= MAX_IDEMPOTENCY_KEY_LENGTH) return key;
  throw new PushRefusedError('unreadable', `Idempotency-Key has at most ${MAX_IDEMPOTENCY_KEY_LENGTH} characters.`);
}

function outcomeOf(error: unknown): PushOutcome {
  if (error instanceof UnauthenticatedError) return 'unauthenticated';
  if (error instanceof RateLimitError) return 'limited';
  return error instanceof HubError && !error.retryable ? 'refused' : 'failed';
}

/** A receipt as senders see it. */
function present(receipt: Receipt, duplicate: boolean): IngestReceipt {
  const { read, accepted, unchanged, rejected, changes } = receipt;
  return {
    receipt: receipt.id,
    source: receipt.sourceId,
    status: receipt.state,
    duplicate,
    receivedAt: receipt.receivedAt.toISOString(),
    deliveries: receipt.deliveries,
    run: String(receipt.runId),
    counts: { read, accepted, unchanged, rejected, changes },
    problems: receipt.problems,
    ignoredFields: receipt.ignoredFields,
    ...(receipt.eventId !== null && { eventId: receipt.eventId }),
  };
}
