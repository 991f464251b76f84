import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import * as kit from '../../../connectors/kit/index.ts';
import { createLookup } from '../../../connectors/kit/lookup.ts';
import type { Stream } from '../../../connectors/kit/stream.ts';
import { definePlain } from '../support/contexts.ts';

const get = () => ({ method: 'GET', path: '/' }) as const;
const frameOf = () => undefined;
const rule = { when: { status: 404 }, action: 'ignore', kind: 'system', userMessage: 'nothing there' };
const rateLimit = { requestsPerSecond: 1, burst: 1 };

/** One stream of a connector, with these options in place of its own. */
const stream = (options: object) =>
  definePlain({
    streams: (create) => [
      create({
        name: 's',
        kinds: ['link'],
        mode: 'snapshot',
        paginator: kit.singlePage(get),
        decode: () => [],
        contract: z.unknown(),
        contractVersion: '1',
        map: () => [],
        ...options,
      }),
    ],
  });
const page = { request: get, frameOf };
const conditional = { refreshAfterMs: 1 };
const queue = { idOf: String, get, format: kit.jsonFormat(), idIn: () => 'A', acknowledge: get };

describe('an option of a definition', () => {
  test.each<{ name: string; options: object; reason: RegExp }>([
    {
      name: 'of a rate limit',
      options: { rateLimit: { ...rateLimit, requestPerDay: 5 } },
      reason: /rateLimit\.request/,
    },
    { name: 'of retries', options: { retry: { maxAttempts: 1, firstDelayMs: 1, maxDelay: 1 } }, reason: /maxDelay\b/ },
    {
      name: 'of the breaker',
      options: { breaker: { failureThreshold: 1, openMs: 1, open: 1 } },
      reason: /breaker\.open/,
    },
    { name: 'of a rule', options: { errors: [{ ...rule, message: 'x' }] }, reason: /errors\.0\.message/ },
    { name: 'of when', options: { errors: [{ ...rule, when: { codes: ['1'] } }] }, reason: /errors\.0\.when\.codes/ },
  ])('that nobody knows is refused: $name', ({ options, reason }) => {
    expect(() => definePlain(options)).toThrow(reason);
    expect(() => definePlain(options)).toThrow(/Connector plain: .*knows no option/);
  });

  test.each<{ name: string; options: object; reason: RegExp }>([
    {
      name: 'an action',
      options: { errors: [{ ...rule, action: 'ignored' }] },
      reason: /errors\.0\.action .*"ignore"/,
    },
    { name: 'a kind', options: { errors: [{ ...rule, kind: 'bad' }] }, reason: /errors\.0\.kind/ },
    { name: 'no word', options: { errors: [{ ...rule, userMessage: '' }] }, reason: /errors\.0\.userMessage/ },
    { name: 'statuses', options: { errors: [{ ...rule, when: { status: [499, 400] } }] }, reason: /when\.status/ },
    {
      name: 'a code that nothing reads',
      options: { errors: [{ ...rule, when: { code: ['4'] } }] },
      reason: /no errorCodeOf/,
    },
    {
      name: 'a session that nobody has',
      options: { errors: [{ ...rule, action: 'reauthenticate' }] },
      reason: /noAuth\(\) has none/,
    },
    { name: 'a shape', options: { shape: 'public-ish' }, reason: /shape/ },
    { name: 'sign-in', options: { auth: () => kit.apiKey({} as never) }, reason: /its sign-in: api-key: header/ },
    {
      name: 'what nobody is asked for',
      options: { streams: () => [], auth: undefined, rateLimit: undefined, retry: { maxAttempts: 1 } },
      reason: /so retry means nothing/,
    },
  ])('that makes no sense is refused: $name', ({ options, reason }) => {
    expect(() => definePlain(options)).toThrow(reason);
  });
});

describe('an option of a stream', () => {
  test.each<{ name: string; options: object; reason: RegExp }>([
    {
      name: 'of conditional',
      options: { conditional: { ...conditional, off: 'list' } },
      reason: /option conditional\.off/,
    },
    { name: 'lists', options: { conditional: { ...conditional, of: 'lists' } }, reason: /conditional\.of .*"list"/ },
    { name: 'of diff', options: { diff: { refreshAfterMs: 1, every: 1 } }, reason: /option diff\.every/ },
    { name: 'of a queue', options: { queue: { ...queue, max: 1 }, mode: 'incremental' }, reason: /option queue\.max/ },
    { name: 'a mode', options: { mode: 'snapshots' }, reason: /mode .*"snapshot"/ },
    { name: 'a kind', options: { kinds: ['lnk'] }, reason: /kinds\.0 .*"link"/ },
    {
      name: 'a paginator',
      options: { paginator: { name: 'own', start: get, request: get } },
      reason: /paginator\.next/,
    },
    {
      name: 'what is new, of what remembers nothing',
      options: { mode: 'incremental', paginator: kit.cursorPage(page) },
      reason: /cursor-page, which does not remember from where/,
    },
    {
      name: 'pages of a list by themselves',
      options: { conditional, paginator: kit.cursorPage(page) },
      reason: /let conditional be of the list/,
    },
    {
      name: 'changes, conditionally',
      options: {
        conditional: { ...conditional, of: 'list' },
        paginator: kit.odataDelta({ request: get, refreshAfterMs: () => 1 }),
      },
      reason: /told what has changed/,
    },
  ])('that makes no sense is refused: $name', ({ options, reason }) => {
    expect(() => stream(options)).toThrow(reason);
    expect(() => stream(options)).toThrow(/Connector plain: stream s: /);
  });

  test.each<{ name: string; options: Partial<Stream> }>([
    {
      name: 'a list by the validator of its first page',
      options: { conditional: { ...conditional, of: 'list' }, paginator: kit.cursorPage(page) },
    },
    { name: 'one page by itself', options: { conditional } },
    { name: 'one answer with all that is news', options: { mode: 'incremental' } },
  ])('that makes sense is taken: $name', ({ options }) => {
    expect(() => stream(options)).not.toThrow();
  });
});

test.each<{ name: string; declare: () => unknown; reason: RegExp }>([
  {
    name: 'page-number',
    declare: () => kit.pageNumber({ ...page, size: 1, maxPage: 3 } as never),
    reason: /page-number: the kit knows no option maxPage/,
  },
  { name: 'spring-page', declare: () => kit.springPage({ request: get, size: 1, first: 1 } as never), reason: /first/ },
  {
    name: 'cursor-page',
    declare: () => kit.cursorPage({ request: get } as never),
    reason: /frameOf has to be a function/,
  },
  { name: 'next-link', declare: () => kit.nextLink({ request: get, linkOf: get, size: 1 } as never), reason: /size/ },
  {
    name: 'row-number',
    declare: () => kit.rowNumberPage({ request: get, size: 0, rowNumberOf: Number }),
    reason: /one rec/,
  },
  { name: 'single-page', declare: () => kit.singlePage({ request: get, from: () => 1 }), reason: /memoryAtEnd/ },
  { name: 'lookback', declare: () => kit.lookback({ firstMs: 0, overlapMs: 1 }), reason: /firstMs/ },
  {
    name: 'document-per-day',
    declare: () =>
      kit.documentPerDay({ request: get, firstDay: String, dayOf: String, repeatDays: 0, patienceDays: 1 }),
    reason: /document-per-day: repeatDays has to be at least 1/,
  },
  {
    name: 'odata-delta',
    declare: () => kit.odataDelta({ request: get, refreshAfterMs: 5 } as never),
    reason: /refresh/,
  },
  { name: 'csv', declare: () => kit.csvFormat({ separator: ';' } as never), reason: /csv: .*separator/ },
  { name: 'xlsx', declare: () => kit.xlsxFormat({ headings: [] }), reason: /without headings/ },
  {
    name: 'lookup',
    declare: () => createLookup({ paginator: {}, decode: get, contract: {} } as never),
    reason: /entry/,
  },
  { name: 'api-key', declare: () => kit.apiKey({ header: 'A', prefx: 'B' } as never), reason: /prefx/ },
  {
    name: 'oauth2',
    declare: () => kit.oauth2ClientCredentials({ tokenPath: '/t', clientIn: 'body' } as never),
    reason: /clientIn/,
  },
  { name: 'hmac-signed', declare: () => kit.hmacSigned({ algorithm: 'md5' } as never), reason: /algorithm/ },
])('$name with an option that makes no sense is refused when it is declared', ({ declare, reason }) => {
  expect(declare).toThrow(TypeError);
  expect(declare).toThrow(reason);
});
