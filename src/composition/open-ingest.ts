import { MOST_BYTES } from '../../connectors/kit/push/define-push.ts';
import type { ConnectorPush, PushDelivery, VerifiedPush } from '../../connectors/kit/push/push.ts';
import { PushError } from '../../connectors/kit/push/push-error.ts';
import { HubError, NotFoundError, PushRefusedError, RateLimitError, UnauthenticatedError } from '../errors/index.ts';
import type { PushMetrics, PushOutcome } from '../observability/index.ts';
import { mayReadReceipt, requirePushRights } from '../services/ingest/push-rights.ts';
import type { Rights } from '../services/rights.ts';
import type { ConfiguredSource } from '../sync/configured-source.ts';
import { findReceipt, type Receipt } from '../sync/push-receipts.ts';
import { type PushDependencies, type PushSender, pushContext, receivePush } from '../sync/receive-push.ts';
import type { StoredPush } from '../sync/store-push.ts';
import { type Authenticate, bearerToken } from '../transport/access.ts';
import type { IngestHead, IngestPort, IngestReceipt, ReceiptRequest } from '../transport/ingest-routes.ts';
import type { PushGate } from './push-limits.ts';

export interface IngestParts extends PushDependencies {
  readonly sources: readonly ConfiguredSource[];
  readonly authenticate: Authenticate;
  readonly gate: PushGate;
  readonly metrics: PushMetrics;
}

/** A source that is pushed to. */
type PushedSource = ConfiguredSource & { readonly connector: { readonly push: ConnectorPush } };

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
  /** Counts how it ended, for a source that there is under its name. */
  const counted = async <Result>(source: string, work: Promise<Result>, outcome?: (result: Result) => PushOutcome) => {
    const label = pushed(source) ? source : 'unknown';
    try {
      const result = await work;
      if (outcome) parts.metrics.counted(label, outcome(result));
      return result;
    } catch (error) {
      parts.metrics.counted(label, outcomeOf(error));
      throw error;
    }
  };
  return {
    async admit(head) {
      const source = pushed(head.source);
      const known = await counted(head.source, knownSender(parts, head, source));
      return {
        isKnown: known !== undefined,
        maxBytes: known && source ? source.connector.push.spec.maxBytes : MOST_BYTES,
        async receive(rawBody) {
          const receiving = receive(parts, source as PushedSource, known, { ...head, rawBody });
          const { receipt, isDuplicate } = await counted(head.source, receiving, outcomeOfPush);
          return present(receipt, isDuplicate);
        },
      };
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

/**
 * Who sends with a key of the hub; undefined where only a signature of the body will tell.
 * @throws UnauthenticatedError for somebody nobody knows, whether or not there is such a source.
 */
async function knownSender(
  parts: IngestParts,
  head: IngestHead,
  source: PushedSource | undefined,
): Promise<PushSender | undefined> {
  if (source?.connector.push.spec.authentication === 'signature') return undefined;
  const rights: Rights = await parts.authenticate(...credentialsOf(head));
  const sender = requirePushRights(rights, head.source);
  if (!source) throw new NotFoundError('source that is pushed to', head.source);
  return sender;
}

/** Only a sender that is known uses up its pace, so a signature is checked first, and once: the gate may take its time. */
async function receive(
  parts: IngestParts,
  source: PushedSource,
  known: PushSender | undefined,
  delivery: IngestHead & { readonly rawBody: Buffer },
): Promise<StoredPush> {
  const { push } = source.connector;
  const verified = known ? undefined : verifySignature(parts, source, delivery);
  const sender = known ?? { sender: '', provinces: null };
  const idempotencyKey = idempotencyKeyOf(delivery);
  return parts.gate.pass(`${delivery.source} ${sender.sender}`, () =>
    receivePush(parts, { source, push, delivery, sender, verified, idempotencyKey }),
  );
}

function verifySignature(
  parts: IngestParts,
  source: PushedSource,
  signed: Pick<PushDelivery, 'headers' | 'rawBody'>,
): VerifiedPush {
  try {
    return source.connector.push.verify(signed, pushContext(parts, source));
  } catch (error) {
    if (error instanceof PushError) throw new UnauthenticatedError(error.message);
    throw error;
  }
}

/** Who signs its deliveries signs the path of the receipt that it asks for. */
function isSignedBySender(parts: IngestParts, source: PushedSource | undefined, request: ReceiptRequest): boolean {
  if (source?.connector.push.spec.authentication !== 'signature' || request.headers.authorization) return false;
  verifySignature(parts, source, { headers: request.headers, rawBody: Buffer.from(request.path) });
  return true;
}

function credentialsOf({
  headers,
  remoteAddress,
}: Pick<IngestHead, 'headers' | 'remoteAddress'>): [string | undefined, string] {
  return [bearerToken(headers.authorization), remoteAddress];
}

const MAX_IDEMPOTENCY_KEY_LENGTH = 200;

function idempotencyKeyOf({ headers }: Pick<IngestHead, 'headers'>): string | undefined {
  const key = headers['idempotency-key']?.trim();
  if (!key) return undefined;
  if (key.length <= MAX_IDEMPOTENCY_KEY_LENGTH) return key;
  throw new PushRefusedError('unreadable', `Idempotency-Key has at most ${MAX_IDEMPOTENCY_KEY_LENGTH} characters.`);
}

const outcomeOfPush = ({ receipt, isDuplicate }: StoredPush): PushOutcome =>
  isDuplicate ? 'duplicate' : receipt.state === 'PARTIAL' ? 'partial' : 'accepted';

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
