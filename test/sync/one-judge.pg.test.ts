import { beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineConnector } from '../../connectors/kit/define-connector.ts';
import { hubKey, singlePage, statements } from '../../connectors/kit/index.ts';
import { silentLogger } from '../../src/lib/logger.ts';
import type { ConfiguredSource } from '../../src/sync/configured-source.ts';
import { receivePush } from '../../src/sync/receive-push.ts';
import { OLD, useMendableHub } from './mendable-hub.ts';
import { MENDABLE, mendableSource } from './mendable-source.ts';

const { all, answers, db, dependencies, pass, read, replay, retry, server, statuses } = useMendableHub();

interface Judged {
  readonly streamVersion?: string;
  readonly pushVersion?: string;
  /** What is made of the codes of the upstream. */
  readonly vendors?: Readonly<Record<string, string>>;
  readonly status?: string;
  readonly province?: string;
}

const record = z.object({ province: z.string(), vendor: z.string() });

/** A source that is read and pushes, both in one line of statements; each record makes two. */
function judgedSource(over: Judged = {}): ConfiguredSource {
  const { streamVersion = '5', pushVersion = '1', vendors = {}, status = 'READY', province } = over;
  const map = ({ province, vendor }: z.output<typeof record>) =>
    statements(
      { kind: 'deployment', key: { province, system: 'TTHC' }, observedAt: new Date('2025-06-27T01:00:00Z') },
      { status },
      { vendors: [vendors[vendor] ?? vendor] },
    );
  const connector = defineConnector({
    ...MENDABLE,
    streams: (stream) => [
      stream({
        name: 'systems',
        kinds: ['deployment'],
        mode: 'snapshot',
        paginator: singlePage(() => ({ method: 'GET', path: '/systems' })),
        decode: (body) => (body as { systems: [] }).systems,
        contract: record,
        contractVersion: streamVersion,
        map,
      }),
    ],
    push: (push) =>
      push({
        verify: hubKey(),
        formats: ['json'],
        stream: 'systems',
        kinds: ['deployment'],
        isAllOrNothing: false,
        contract: record,
        contractVersion: pushVersion,
        map,
      }),
  });
  const scope = province === undefined ? {} : { scope: { province } };
  return { ...mendableSource(server().baseUrl, OLD, scope), connector };
}

let nth = 0;
async function push(records: object[], over: Judged & { provinces?: string[]; secret?: string } = {}) {
  const source = { ...judgedSource(over), ...(over.secret && { credentials: { secret: over.secret } }) };
  const { clock, domainClock, raw } = await dependencies();
  return receivePush(
    {
      database: db.database(),
      clock,
      domainClock,
      logger: silentLogger,
      newId: () => `receipt-${nth++}`,
      worker: 'test',
      ...(raw && { raw }),
    },
    {
      source,
      push: source.connector.push as NonNullable<typeof source.connector.push>,
      delivery: { headers: {}, rawBody: Buffer.from(JSON.stringify(records)), contentType: 'application/json' },
      sender: { sender: 'key', provinces: over.provinces ?? null },
    },
  );
}
const told = (...records: object[]) => {
  answers['/systems'] = { body: { systems: records } as never };
};
const open = () => all('select stream, reason, record from rejection where settled_at is null order by id');

beforeEach(() => all('truncate receipt'));

describe('what is pushed in the line of a stream that is read', () => {
  test('is ranked by its own contract when it is replayed, so that a mended one stands above', async () => {
    await push([{ province: '01', vendor: 'VNPT' }]);
    pass(1_000);
    const mended = judgedSource({ pushVersion: '2', status: 'OPERATING' });
    expect((await replay(OLD, { source: mended, stream: 'push' })).counts).toMatchObject({ accepted: 1 });
    expect(await statuses()).toEqual([{ province: '01', status: 'OPERATING' }]);
    expect(await all(`select distinct stream from observation`)).toEqual([{ stream: 'systems' }]);
  });

  test('is ranked so too when it is tried again', async () => {
    await push([{ province: '01', vendor: 'VNPT' }]);
    await push([
      { province: '04', vendor: 'VNPT' },
      { province: '01', vendor: 'none' },
    ]);
    pass(1_000);
    const mended = judgedSource({ pushVersion: '2', status: 'OPERATING', vendors: { none: 'FPT' } });
    await retry(OLD, { source: mended });
    expect(await statuses()).toEqual([
      { province: '01', status: 'OPERATING' },
      { province: '04', status: 'READY' },
    ]);
  });
});

describe('a record of which one statement is refused', () => {
  test('is refused as a whole when it is pushed, and when the delivery is replayed', async () => {
    await push([
      { province: '01', vendor: 'VNPT' },
      { province: '04', vendor: 'nobody' },
    ]);
    const kept = await open();
    expect(kept).toEqual([
      { stream: 'push', reason: 'unknown vendor "nobody"', record: { province: '04', vendor: 'nobody' } },
    ]);
    expect(await replay(OLD, { source: judgedSource() })).toMatchObject({ counts: { accepted: 0, rejected: 1 } });
    expect(await open()).toEqual(kept);
    expect(await statuses()).toEqual([{ province: '01', status: 'READY' }]);
  });

  test('is refused as a whole when it is read, and taken as a whole by a mended mapping when it is tried again', async () => {
    told({ province: '01', vendor: 'nobody' });
    expect(await read(OLD, { source: judgedSource() })).toMatchObject({ counts: { accepted: 0, rejected: 1 } });
    expect(await open()).toEqual([
      { stream: 'systems', reason: 'unknown vendor "nobody"', record: { province: '01', vendor: 'nobody' } },
    ]);
    expect(await statuses()).toEqual([]);
    const mended = judgedSource({ vendors: { nobody: 'VNPT' }, streamVersion: '6' });
    expect(await retry(OLD, { source: mended })).toMatchObject({ state: 'SUCCEEDED', counts: { accepted: 2 } });
    expect(await open()).toEqual([]);
    expect(await statuses()).toEqual([{ province: '01', status: 'READY' }]);
  });

  test('is held to the contract when it is tried again, whatever it looks like', async () => {
    const disguised = {
      class: 'fact',
      kind: 'deployment',
      key: { province: '01', system: 'TTHC' },
      observedAt: null,
      attributes: { status: 'READY' },
    };
    told(disguised);
    await read(OLD, { source: judgedSource() });
    expect(await retry(OLD, { source: judgedSource() })).toMatchObject({ counts: { accepted: 0, rejected: 1 } });
    expect(await statuses()).toEqual([]);
  });

  test('is kept without the credentials of its source, in its record, its reason and its problems', async () => {
    const secret = 'hush-hush-123';
    const told = { province: '01', vendor: secret };
    const { receipt } = await push([{ province: '04', vendor: 'VNPT' }, told], { secret });
    expect(receipt.problems).toHaveLength(1);
    expect(JSON.stringify([receipt, await open(), await all('select problems from receipt')])).not.toContain(secret);
    answers['/systems'] = { body: { systems: [told] } as never };
    const source = { ...judgedSource(), credentials: { secret } };
    await read(OLD, { source });
    expect(await open()).toHaveLength(2);
    expect(JSON.stringify(await open())).not.toContain(secret);
  });
});

describe('a source that is limited to a province', () => {
  const both = [
    { province: '01', vendor: 'VNPT' },
    { province: '48', vendor: 'VNPT' },
  ];
  const reason = 'the source speaks of 01 only, not of "48"';
  const own = [{ province: '01', status: 'READY' }];

  test('is not heard of another when it is read, replayed or tried again, and keeps nothing that it said of it', async () => {
    told(...both);
    const source = judgedSource({ province: '01' });
    expect(await read(OLD, { source })).toMatchObject({ state: 'PARTIAL', counts: { accepted: 2, rejected: 1 } });
    expect(await open()).toMatchObject([{ reason, record: { cut: true, beginning: '' } }]);
    await replay(OLD, { source });
    await retry(OLD, { source });
    expect(await statuses()).toEqual(own);
    expect(await open()).toHaveLength(1);
  });

  test('is not heard of another when it pushes, and none of it is taken later', async () => {
    await push(both, { province: '01' });
    const source = judgedSource({ province: '01' });
    await replay(OLD, { source });
    await retry(OLD, { source });
    expect(await statuses()).toEqual(own);
  });

  test('is heard of what its key may speak of only, also by a mapping that makes another province of it', async () => {
    await push(both, { provinces: ['01'] });
    expect(await open()).toMatchObject([{ reason: 'the key speaks of 01 only, not of "48"', record: both[1] }]);
    pass(1_000);
    await replay(OLD, { source: judgedSource({ pushVersion: '2' }) });
    await retry(OLD, { source: judgedSource({ pushVersion: '2' }) });
    expect(await statuses()).toEqual(own);
  });
});

test('a rejection of a stream that is called otherwise by now holds up no others, and says so', async () => {
  told({ province: '01', vendor: 'nobody' });
  await read(OLD, { source: judgedSource() });
  await all(`update rejection set stream = 'a-former-one'`);
  told({ province: '04', vendor: 'nobody' });
  await read(OLD, { source: judgedSource() });
  const outcome = await retry(OLD, { source: judgedSource({ vendors: { nobody: 'VNPT' } }) });
  expect(outcome).toMatchObject({ state: 'PARTIAL', failure: null, counts: { read: 2, accepted: 2, rejected: 1 } });
  expect(await open()).toMatchObject([{ stream: 'a-former-one', reason: 'the connector has no stream a-former-one' }]);
});
