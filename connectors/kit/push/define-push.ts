import * as z from 'zod';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { isStorableText } from '../../../schema/kinds/storable-json.ts';
import { aFunction, anObject, aText, optionMistakes } from '../check-options.ts';
import type { ConnectorContext, ConvertedRecord, ReadPage, StoredRaw, StreamKind } from '../connector.ts';
import { aKind } from '../definition-checks.ts';
import { DriftNotes } from '../drift.ts';
import { RecordError } from '../record-error.ts';
import { createStream, type MapContext } from '../stream.ts';
import { convertPush } from './convert-push.ts';
import { type ConnectorPush, PUSH_LABEL, type PushContext, type PushedRecord } from './push.ts';
import { PushError } from './push-error.ts';
import { CONTENT_TYPES, type PushBody, type PushFormat, readBody } from './read-body.ts';
import { replayPush } from './replay-push.ts';
import type { PushVerification } from './verify-push.ts';

export interface PushDefinition<Config, Shape extends z.ZodType> {
  readonly verify: PushVerification;
  readonly formats: readonly PushFormat[];
  /** Default 1 MiB; the hub takes at most 2 MiB of anybody. */
  readonly maxBytes?: number;
  /** Of one delivery. Default 5,000. */
  readonly maxRecords?: number;
  /**
   * The stream whose statements these are; a stream of the same connector where what is pushed is the early word of what
   * is pulled: both then stand in one line, in which the later observation counts. Default `push`.
   */
  readonly stream?: string;
  readonly kinds: readonly StreamKind[];
  readonly recordsAt?: string;
  readonly columns?: Readonly<Record<string, string>>;
  /** What the sender promises of each record. */
  readonly contract: Shape;
  readonly contractVersion: string;
  /** What a record says; one that says nothing is a mistake of its sender, and is refused. */
  readonly map: (record: z.output<Shape>, context: MapContext<Config>) => ReturnType<PushMap>;
  /** The event's id in a JSON body, which its contract should ask for; a header that the signature covers goes before it. */
  readonly eventIdOf?: (body: Json) => string | undefined;
  /** Default: what people send with a key is, what a machine signs is not. */
  readonly isAllOrNothing?: boolean;
}
const CHECKS = {
  verify: anObject,
  formats: z.array(z.enum(Object.keys(CONTENT_TYPES) as [PushFormat, ...PushFormat[]])),
  maxBytes: z.number().optional(),
  maxRecords: z.number().optional(),
  stream: aText.optional(),
  kinds: z.array(aKind),
  recordsAt: aText.optional(),
  columns: z.record(z.string(), aText).optional(),
  contract: anObject,
  contractVersion: z.string(),
  map: aFunction,
  eventIdOf: aFunction.optional(),
  isAllOrNothing: z.boolean().optional(),
};
type PushMap = () => PushedRecord['observations'];

export type PushFactory<Config> = <Shape extends z.ZodType>(
  definition: PushDefinition<Config, Shape>,
) => PushEndpoint<Config>;

/** A push without the type of its records, as `defineConnector` handles it. */
export interface PushEndpoint<Config = unknown> {
  readonly verification: PushVerification;
  /** Why it makes no sense; empty where it does. */
  readonly mistakes: readonly string[];
  readonly create: (parseConfig: (context: PushContext) => Config) => ConnectorPush;
  readonly convertRejected: (
    config: Config,
    context: Pick<PushContext, 'credentials' | 'domainClock'>,
    records: readonly Json[],
  ) => ConvertedRecord[];
  readonly replay: (
    config: Config,
    context: ConnectorContext,
    raws: AsyncIterable<StoredRaw>,
  ) => AsyncGenerator<ReadPage, void, undefined>;
}

const DEFAULT_MAX_BYTES = 2 ** 20;
/** Of anybody's delivery; the hub reads no more than this into memory. */
export const MOST_BYTES = 2 * 2 ** 20;
const DEFAULT_MAX_RECORDS = 5_000;
const MAX_EVENT_ID_LENGTH = 200;

/** Closes over the record's type, as a stream does. */
export function createPush<Config, Shape extends z.ZodType>(
  definition: PushDefinition<Config, Shape>,
): PushEndpoint<Config> {
  const { verify, formats, contract, contractVersion } = definition;
  const map = sayingSomething(definition);
  const stream = createStream<Config, Shape>({ name: PUSH_LABEL, contract, contractVersion, map } as never);
  const lane = definition.stream ?? PUSH_LABEL;
  const maxBytes = definition.maxBytes ?? DEFAULT_MAX_BYTES;
  const bodyOf = (contentType: string, rawBody: Buffer): PushBody =>
    readBody(formatOf(formats, contentType), rawBody, {
      recordsAt: definition.recordsAt,
      columns: definition.columns,
      maxRecords: definition.maxRecords ?? DEFAULT_MAX_RECORDS,
    });
  return {
    verification: verify,
    mistakes: mistakesOf(definition),
    convertRejected: (config, { credentials, domainClock }, records) => {
      const setting = { stream: PUSH_LABEL, contractVersion, secrets: Object.values(credentials) };
      const context = { config, domainNow: domainClock.now(), lookups: {} };
      return records.map((record) => stream.convert(record, context, setting, new DriftNotes()));
    },
    replay: (config, context, raws) =>
      replayPush(
        (contentType, rawBody, then) => convertPush(definition, stream, bodyOf(contentType, rawBody), config, then),
        lane,
        context,
        raws,
      ),
    create: (parseConfig) => ({
      spec: {
        authentication: verify.authentication,
        contentTypes: formats.flatMap((format) => CONTENT_TYPES[format]),
        maxBytes,
        stream: lane,
        kinds: definition.kinds,
        contractVersion,
        isAllOrNothing: definition.isAllOrNothing ?? verify.authentication === 'hub-key',
      },
      verify: (delivery, context) => verify.verify(delivery, context),
      receive(delivery, context, verified = verify.verify(delivery, context)) {
        const { contentType, rawBody } = delivery;
        if (rawBody.length > maxBytes) throw new PushError('TOO_LARGE', `Send at most ${maxBytes} bytes at a time.`);
        const body = bodyOf(contentType, rawBody);
        const eventId = verified.eventId ?? eventIdIn(definition, body);
        const received = convertPush(definition, stream, body, parseConfig(context), context);
        return eventId === undefined ? received : { ...received, eventId };
      },
    }),
  };
}

/** A row that says nothing is a mistake: most likely its columns are called otherwise than those that are read. */
function sayingSomething<Config, Shape extends z.ZodType>({
  map,
  columns,
}: PushDefinition<Config, Shape>): PushDefinition<Config, Shape>['map'] {
  // Names of columns are known in lower case; fields of JSON are not.
  const named = Object.entries(columns ?? {}).map(([name, field]) => (name === field.toLowerCase() ? field : name));
  const known = columns ? `; the columns are: ${named.map((name) => `"${name}"`).join(', ')}` : '';
  return (record, context) => {
    const said = map(record, context);
    if (said.length === 0) throw new RecordError(`it says nothing${known}`);
    return said;
  };
}

function mistakesOf<Config, Shape extends z.ZodType>(definition: PushDefinition<Config, Shape>): string[] {
  const {
    formats,
    kinds,
    contractVersion,
    maxBytes = DEFAULT_MAX_BYTES,
    maxRecords = DEFAULT_MAX_RECORDS,
  } = definition;
  const checks: [isWrong: boolean, reason: string][] = [
    [formats.length === 0, 'takes no format'],
    [kinds.length === 0, 'emits no kind'],
    [contractVersion === '', 'has no contract version'],
    [!(maxBytes >= 1 && maxBytes <= MOST_BYTES), `takes between 1 and ${MOST_BYTES} bytes`],
    [!(maxRecords >= 1), 'takes no record'],
    [definition.columns !== undefined && !formats.includes('csv'), 'names columns of CSV, which it does not take'],
    [
      definition.eventIdOf !== undefined && !formats.includes('json'),
      'reads event ids of JSON, which it does not take',
    ],
  ];
  return [
    ...optionMistakes<PushDefinition<Config, Shape>>(CHECKS, definition),
    ...definition.verify.mistakes,
    ...checks.filter(([isWrong]) => isWrong).map(([, reason]) => reason),
  ];
}

function formatOf(formats: readonly PushFormat[], contentType: string): PushFormat {
  const format = formats.find((one) => CONTENT_TYPES[one].includes(contentType));
  if (format) return format;
  const taken = formats.flatMap((one) => CONTENT_TYPES[one]).join(', ');
  throw new PushError('UNSUPPORTED', `Send it as ${taken}.`);
}

function eventIdIn<Config, Shape extends z.ZodType>(
  { eventIdOf }: PushDefinition<Config, Shape>,
  { whole }: PushBody,
): string | undefined {
  if (!eventIdOf || whole === undefined) return undefined;
  const id = eventIdOf(whole);
  // One that is missing or no id is for the contract to refuse, which tells the field.
  return typeof id === 'string' && id !== '' && id.length <= MAX_EVENT_ID_LENGTH && isStorableText(id) ? id : undefined;
}
