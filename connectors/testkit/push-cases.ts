import assert from 'node:assert/strict';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { ConnectorPush, PushContext, PushDelivery, ReceivedPush } from '../kit/push/push.ts';
import { PushError } from '../kit/push/push-error.ts';
import { createSeededRandom } from '../kit/sandbox/seeded-random.ts';
import type { SandboxEvent, SandboxSender } from '../kit/sandbox/sender.ts';
import type { SuiteCase } from './connector-suite.ts';
import { textsOf } from './read-all.ts';

/** What a connector takes that is pushed to, and those who push to it in the sandbox. */
export interface PushSubject {
  readonly push: ConnectorPush;
  readonly senders: readonly SandboxSender[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, string>>;
  /** Where the clock of the sandbox stands. */
  readonly at: Date;
}

const HUB_NOW = new Date('2026-01-01T00:00:00Z');
const WINDOW_PAST_MS = 24 * 3_600_000;
const HUGE_LENGTH = 100_000;

/**
 * The cases that every connector inherits that is pushed to, to be run by any test runner: whoever is not the sender is
 * refused, what is sent twice or in another order says the same, and what is wrong is told with its place.
 */
export function pushCases(getSubject: () => PushSubject): SuiteCase[] {
  const cases: [name: string, run: (subject: PushSubject) => void][] = [
    ['takes what its senders send, and says the same of it every time', sameCase],
    ['says the same in any order', orderCase],
    ['refuses a body that was not signed, or changed after it was', signatureCase],
    ['refuses a signature that is too old, where its time is signed', staleCase],
    ['refuses what is no message, with the line', garbageCase],
    ['refuses bytes that are no UTF-8, with the line', invalidUtf8Case],
    ['refuses a record without a field that must be there, with the field', missingFieldCase],
    ['rejects a field that changes its type, with the field', typeChangeCase],
    ['notices a field that it does not know, and takes the rest', newFieldCase],
    ['calls a code that it does not know unmapped', unknownCodeCase],
    ['rejects a text beyond all measure, and keeps little of it', hugeFieldCase],
    ['refuses more bytes than it takes', tooLargeCase],
    ['tells no secret', secretCase],
  ];
  return cases.map(([name, run]) => ({ name, run: async () => run(getSubject()) }));
}

interface Sent {
  readonly sender: SandboxSender;
  readonly event: SandboxEvent;
}

const allEvents = ({ senders, at }: PushSubject): Sent[] =>
  senders.flatMap((sender) => sender.eventsBetween(new Date(0), at).map((event) => ({ sender, event })));

function contextOf({ config, credentials, at }: PushSubject, now = HUB_NOW): PushContext {
  return {
    source: { id: 'test', config },
    credentials,
    clock: { now: () => now },
    domainClock: { now: () => at },
  };
}

function deliveryOf({ sender, event }: Sent): PushDelivery {
  const headers = Object.entries(sender.headersOf(event, HUB_NOW)).map(([name, value]) => [name.toLowerCase(), value]);
  return { headers: Object.fromEntries(headers), rawBody: event.body, contentType: event.contentType };
}

const receive = (subject: PushSubject, sent: Sent): ReceivedPush =>
  subject.push.receive(deliveryOf(sent), contextOf(subject));

const toldBy = (received: readonly ReceivedPush[]): string[] =>
  textsOf(received.flatMap(({ records }) => records.flatMap(({ observations }) => observations)));

function sameCase(subject: PushSubject): void {
  const events = allEvents(subject);
  assert.ok(events.length > 0, 'its senders send nothing');
  const first = events.map((sent) => receive(subject, sent));
  for (const { records } of first)
    assert.deepEqual(
      records.flatMap(({ problems }) => problems),
      [],
    );
  assert.ok(toldBy(first).length > 0);
  assert.deepEqual(toldBy(events.map((sent) => receive(subject, sent))), toldBy(first));
  for (const [index, sent] of events.entries()) {
    assert.equal(receive(subject, sent).eventId, first[index]?.eventId, 'a redelivery has another id');
  }
}

function orderCase(subject: PushSubject): void {
  const events = allEvents(subject);
  const random = createSeededRandom(7);
  const shuffled = events.map((sent) => ({ sent, rank: random() })).sort((a, b) => a.rank - b.rank);
  assert.deepEqual(
    toldBy(shuffled.map(({ sent }) => receive(subject, sent))),
    toldBy(events.map((sent) => receive(subject, sent))),
  );
}

function signatureCase(subject: PushSubject): void {
  if (subject.push.spec.authentication !== 'signature') return;
  const [sent] = allEvents(subject) as [Sent];
  const delivery = deliveryOf(sent);
  const changed = Buffer.concat([sent.event.body, Buffer.from(' ')]);
  assertRefused(() => subject.push.receive({ ...delivery, rawBody: changed }, contextOf(subject)), 'UNAUTHENTICATED');
  assertRefused(() => subject.push.receive({ ...delivery, headers: {} }, contextOf(subject)), 'UNAUTHENTICATED');
  const wrong = Object.fromEntries(Object.keys(subject.credentials).map((name) => [name, 'wrong-secret-value']));
  assertRefused(() => subject.push.receive(delivery, { ...contextOf(subject), credentials: wrong }), 'UNAUTHENTICATED');
  for (const name of Object.keys(delivery.headers)) {
    const headers = { ...delivery.headers, [name]: `${delivery.headers[name]}0` };
    assertRefused(() => subject.push.receive({ ...delivery, headers }, contextOf(subject)), 'UNAUTHENTICATED');
  }
}

/** A sender that signs no time is known by the ids of its events, which its signature has to cover. */
function staleCase(subject: PushSubject): void {
  if (subject.push.spec.authentication !== 'signature') return;
  const [sent] = allEvents(subject) as [Sent];
  const later = contextOf(subject, new Date(HUB_NOW.getTime() + WINDOW_PAST_MS));
  const another = { ...sent, event: { ...sent.event, id: `${sent.event.id}-2` } };
  const signsTime = JSON.stringify(deliveryOf(sent).headers) !== JSON.stringify(deliveryOfLater(sent).headers);
  if (signsTime) assertRefused(() => subject.push.receive(deliveryOf(sent), later), 'UNAUTHENTICATED');
  else assert.equal(receive(subject, another).eventId, receive(subject, sent).eventId, 'the id is not signed');
}

function deliveryOfLater({ sender, event }: Sent): PushDelivery {
  const headers = sender.headersOf(event, new Date(HUB_NOW.getTime() + WINDOW_PAST_MS));
  return { headers, rawBody: event.body, contentType: event.contentType };
}

function garbageCase(subject: PushSubject): void {
  const [{ sender }] = allEvents(subject) as [Sent];
  for (const text of ['', '{', '[]', '{"a": 1,\n "b": }', '\0', '"'.repeat(3), '['.repeat(10_000)]) {
    const event = { id: 'garbage', contentType: 'application/json', body: Buffer.from(text) };
    const refused = caught(() => receive(subject, { sender, event }));
    assert.ok(refused instanceof PushError, `${JSON.stringify(text.slice(0, 20))} was taken`);
    assert.equal(refused.code, 'UNREADABLE');
    assert.equal(refused.problems.length, 1);
    if (text.includes('\n')) assert.equal(refused.problems[0]?.line, 2);
  }
}

function invalidUtf8Case(subject: PushSubject): void {
  for (const { sender, event } of oneOfEachType(subject)) {
    const middle = Math.floor(event.body.length / 2);
    const body = Buffer.concat([event.body.subarray(0, middle), Buffer.from([0xff]), event.body.subarray(middle)]);
    const refused = caught(() => receive(subject, { sender, event: { ...event, body } }));
    assert.ok(refused instanceof PushError, 'broken bytes were taken');
    const line = event.body.subarray(0, middle).toString('latin1').split('\n').length;
    assert.equal(refused.problems[0]?.line, line);
  }
}

function missingFieldCase(subject: PushSubject): void {
  let refusals = 0;
  for (const { sent, record, rebuild } of jsonRecords(subject)) {
    for (const field of Object.keys(record)) {
      const { [field]: _left, ...rest } = record;
      const [told] = receive(subject, rebuild(sent, rest)).records;
      if (!told || told.problems.length === 0) continue;
      refusals += 1;
      assert.ok(told.rejection);
      assert.deepEqual(told.observations, []);
      assert.ok(told.problems.every(({ line, row }) => line !== null && row === 1));
    }
  }
  assert.ok(refusals > 0, 'no field has to be there');
}

function typeChangeCase(subject: PushSubject): void {
  let refusals = 0;
  for (const { sent, record, rebuild } of jsonRecords(subject)) {
    for (const field of Object.keys(record)) {
      if (field.startsWith('_')) continue;
      const [told] = receive(subject, rebuild(sent, { ...record, [field]: { changed: true } })).records;
      if (!told || told.problems.length === 0) continue;
      refusals += 1;
      assert.deepEqual(told.observations, [], `${field} of another type says something`);
    }
  }
  assert.ok(refusals > 0, 'any type is taken for any field');
}

function newFieldCase(subject: PushSubject): void {
  for (const { sent, record, rebuild } of jsonRecords(subject)) {
    const before = receive(subject, sent);
    const after = receive(subject, rebuild(sent, { ...record, truongMoi: 'x' }));
    assert.deepEqual(
      toldBy([{ ...after, records: after.records.slice(0, 1) }]),
      toldBy([{ ...before, records: before.records.slice(0, 1) }]),
    );
    assert.ok(after.drift.some(({ kind, path }) => kind === 'NEW_FIELD' && path === 'truongMoi'));
  }
}

function unknownCodeCase(subject: PushSubject): void {
  let unmapped = 0;
  for (const { sent, record, rebuild } of jsonRecords(subject)) {
    for (const strange of strangely(record)) {
      const received = receive(subject, rebuild(sent, strange));
      const text = JSON.stringify(received.records[0]?.observations ?? []);
      if (!text.includes('"UNMAPPED"')) continue;
      unmapped += 1;
      assert.match(text, /"rawCode":"97"/);
      assert.ok(received.drift.some(({ kind, sample }) => kind === 'UNMAPPED_CODE' && sample === '97'));
    }
  }
  assert.ok(unmapped > 0, 'no code is ever unmapped');
}

/** The record with 97 in place of each of its texts and numbers, one at a time, at most one level down. */
function strangely(record: Fields): Fields[] {
  return Object.entries(record).flatMap(([field, value]): Fields[] => {
    if (typeof value === 'string' || typeof value === 'number') return [{ ...record, [field]: '97' }];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return strangely(value as Fields).map((below) => ({ ...record, [field]: below }));
  });
}

function hugeFieldCase(subject: PushSubject): void {
  const { maxBytes } = subject.push.spec;
  let rejected = 0;
  // Two bytes each, and room for the rest of the record.
  const length = Math.min(HUGE_LENGTH, Math.floor(maxBytes / 2) - 4_096);
  for (const { sent, record, rebuild } of jsonRecords(subject)) {
    for (const [field, value] of Object.entries(record)) {
      if (typeof value !== 'string') continue;
      const [told] = receive(subject, rebuild(sent, { ...record, [field]: 'Đ'.repeat(length) })).records;
      if (!told?.rejection) continue;
      rejected += 1;
      assert.ok(JSON.stringify([told.rejection, told.problems]).length < 20_000);
    }
  }
  assert.ok(rejected > 0, 'texts of any length are taken');
}

function tooLargeCase(subject: PushSubject): void {
  const [{ sender, event }] = allEvents(subject) as [Sent];
  const body = Buffer.alloc(subject.push.spec.maxBytes + 1, ' ');
  assertRefused(() => receive(subject, { sender, event: { ...event, body } }), 'TOO_LARGE');
}

function secretCase(subject: PushSubject): void {
  const secrets = Object.values(subject.credentials);
  for (const { sent, record, rebuild } of jsonRecords(subject)) {
    for (const secret of secrets) {
      const [first = ''] = Object.keys(record);
      const { records, ...rest } = receive(subject, rebuild(sent, { ...record, [first]: { echoed: secret } }));
      // The record itself is as it came, for whoever rejects it without its secrets.
      const told = JSON.stringify([rest, records.map(({ record: _asItCame, ...said }) => said)]);
      assert.ok(!told.includes(secret), 'a secret is told');
    }
  }
}

type Fields = Readonly<Record<string, Json>>;

interface JsonRecord {
  readonly sent: Sent;
  readonly record: Fields;
  /** The same delivery with another first record, signed anew. */
  readonly rebuild: (sent: Sent, record: Fields) => Sent;
}

/** The first record of a JSON event of each form that there is. */
function jsonRecords(subject: PushSubject): JsonRecord[] {
  const forms = new Map<string, JsonRecord>();
  for (const sent of allEvents(subject)) {
    if (sent.event.contentType !== 'application/json') continue;
    const body = JSON.parse(sent.event.body.toString()) as Fields;
    const list = Object.entries(body).find(([, value]) => Array.isArray(value) && typeof value[0] === 'object');
    const record = (list ? (list[1] as Json[])[0] : body) as Fields;
    const rebuild = (from: Sent, changed: Fields): Sent => {
      const next = list ? { ...body, [list[0]]: [changed, ...(list[1] as Json[]).slice(1)] } : changed;
      return { ...from, event: { ...from.event, body: Buffer.from(JSON.stringify(next)) } };
    };
    const form = Object.keys(record).sort().join();
    if (!forms.has(form)) forms.set(form, { sent, record, rebuild });
  }
  assert.ok(forms.size > 0, 'nobody sends JSON');
  return [...forms.values()];
}

function oneOfEachType(subject: PushSubject): Sent[] {
  return [...new Map(allEvents(subject).map((sent) => [sent.event.contentType, sent])).values()];
}

function assertRefused(work: () => unknown, code: PushError['code']): void {
  const error = caught(work);
  assert.ok(error instanceof PushError, 'it was taken');
  assert.equal(error.code, code);
}

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
