import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SIGNATURE } from '../../connectors/hapro/signature.ts';
import { type HmacSignatureOptions, signDelivery } from '../../connectors/kit/index.ts';
import { WEBHOOK_SIGNATURE } from '../../connectors/viettel/webhook.ts';
import { waitUntil } from '../../src/lib/wait.ts';
import { useDatabase } from '../support/database.ts';
import { type Answer, post, prepareIngest, startIngest, type TestIngest } from './ingest-setup.ts';

const db = useDatabase();
let hub: TestIngest;
const all = <Row>(sql: string): Promise<Row[]> => db.em().execute(sql) as Promise<Row[]>;

beforeAll(() => prepareIngest(db));
beforeEach(async () => {
  await db
    .em()
    .execute(
      'truncate observation, deployment, change, conflict, sync_run, rejection, receipt, source_notice, api_key',
    );
  hub = await startIngest(db);
});
afterEach(() => hub.stop());

function signed(
  options: HmacSignatureOptions,
  variable: string,
  text: string,
  eventId = 'e-1',
): Record<string, string> {
  const message = { body: Buffer.from(text), timestampMs: hub.clock.now.getTime(), eventId };
  return signDelivery(options, hub.secrets[variable] ?? '', message);
}

function pushHapro(event: object): Promise<Answer> {
  const text = JSON.stringify(event);
  return post(`${hub.base}/ingest/hapro`, text, signed(SIGNATURE, 'HAPRO_SECRET', text));
}

function pushViettel(event: object, eventId: string): Promise<Answer> {
  const text = JSON.stringify(event);
  return post(`${hub.base}/ingest/viettel`, text, signed(WEBHOOK_SIGNATURE, 'VIETTEL_WEBHOOK_SECRET', text, eventId));
}

const haproStatus = (maSuKien: string, trangThai: string, thoiDiem: string) => ({
  maSuKien,
  loai: 'TRANG_THAI',
  thoiDiem,
  maTinh: '24',
  maHeThong: 'HOP',
  trangThai,
});

describe('Hapro, which redelivers out of order', () => {
  test('is believed by when things happened, whatever order and however often they come', async () => {
    const early = haproStatus('a', 'CHAY_THU', '2025-06-26T08:00:00+07:00');
    const late = haproStatus('b', 'SAN_SANG', '2025-06-26T20:00:00+07:00');
    expect((await pushHapro(late)).status).toBe(202);
    expect((await pushHapro(early)).status).toBe(202);
    const again = await pushHapro(early);
    expect(again.body).toMatchObject({ duplicate: true, eventId: 'a' });
    expect(await all('select status, vendor_codes from deployment')).toEqual([
      { status: 'READY', vendor_codes: ['HAPRO'] },
    ]);
    expect(await all(`select trigger, state from sync_run`)).toEqual([
      { trigger: 'push', state: 'SUCCEEDED' },
      { trigger: 'push', state: 'SUCCEEDED' },
    ]);
  });

  test.each([
    ['as it happens', ['sc-1', 'sc-2']],
    ['backwards', ['sc-2', 'sc-1']],
  ])('tells of an incident, a difficulty until it is over, also where it is told %s', async (_how, order) => {
    const incident = (maSuKien: string) => ({
      ...{ maSuKien, loai: 'SU_CO', maTinh: '24', maHeThong: 'HOP', moTa: 'Mất điện.' },
      thoiDiem: maSuKien === 'sc-1' ? '2025-06-27T02:00:00+07:00' : '2025-06-27T05:00:00+07:00',
      batDau: '2025-06-27T02:00:00+07:00',
      ketThuc: maSuKien === 'sc-1' ? null : '2025-06-27T05:00:00+07:00',
    });
    const difficulties: (string | null)[] = [];
    for (const id of order) {
      expect((await pushHapro(incident(id))).status).toBe(202);
      const [row] = await all<{ difficulty: string | null }>('select difficulty from deployment');
      difficulties.push(row?.difficulty ?? null);
    }
    expect(difficulties).toEqual(order[0] === 'sc-1' ? ['Mất điện.', null] : [null, null]);
  });

  test('is refused with another secret, a changed body, or no signature, and nothing is kept of it', async () => {
    const text = JSON.stringify(haproStatus('a', 'CHAY_THU', '2025-06-26T08:00:00+07:00'));
    const url = `${hub.base}/ingest/hapro`;
    const headers = signed(SIGNATURE, 'HAPRO_SECRET', text);
    const wrong = signDelivery(SIGNATURE, 'another', { body: Buffer.from(text), timestampMs: 0 });
    for (const [body, sent] of [
      [text, wrong],
      [`${text} `, headers],
      [text, {}],
    ] as const) {
      expect((await post(url, body, sent)).status).toBe(401);
    }
    expect(await all('select 1 from sync_run')).toEqual([]);
    expect(await hub.metrics()).toMatch(/lienthong_pushes_total\{source="hapro",outcome="unauthenticated"\} 3/);
  });

  test('shows on its source when it sends what breaks the contract, with the record and the notice', async () => {
    const refused = await pushHapro({ ...haproStatus('a', 'CHAY_THU', '2025-06-26T08:00:00+07:00'), maTinh: 24 });
    expect(refused.status).toBe(422);
    expect(refused.body.error.details?.problems).toMatchObject([{ line: 1, row: 1, field: 'maTinh', value: '24' }]);
    expect(await all('select state, error_code, rejected from sync_run')).toEqual([
      { state: 'FAILED', error_code: 'UPSTREAM_CONTRACT', rejected: 1 },
    ]);
    expect(await all(`select stream, path, record->>'maSuKien' as id from rejection`)).toEqual([
      { stream: 'push', path: 'maTinh', id: 'a' },
    ]);
    expect(await all('select kind, path from source_notice')).toEqual([{ kind: 'TYPE_CHANGED', path: 'maTinh' }]);
    // Mended, it comes under the same id.
    expect((await pushHapro(haproStatus('a', 'CHAY_THU', '2025-06-26T08:00:00+07:00'))).status).toBe(202);
  });

  test('may ask for its receipt with a signature over the path', async () => {
    const { body, headers } = await pushHapro(haproStatus('a', 'CHAY_THU', '2025-06-26T08:00:00+07:00'));
    const path = headers.get('location') as string;
    const signature = signed(SIGNATURE, 'HAPRO_SECRET', path);
    const found = await fetch(hub.base + path, { headers: signature });
    expect(found.status).toBe(200);
    expect(await found.json()).toMatchObject({ receipt: body.receipt, eventId: 'a' });
    expect((await fetch(hub.base + path, { headers: signed(SIGNATURE, 'HAPRO_SECRET', '') })).status).toBe(401);
  });
});

describe('Viettel, which pushes beside being asked', () => {
  const told = (event: string, closedAt: string | null) => ({
    event,
    province: '48',
    system: 'HOP',
    incident: {
      incidentId: 'i-1',
      description: 'Đường truyền chập chờn.',
      openedAt: Date.parse('2025-06-27T01:00:00Z'),
      closedAt: closedAt && Date.parse(closedAt),
    },
  });

  test('names a difficulty while an incident is open, and takes it back in the line of what is read', async () => {
    await pushViettel(told('INCIDENT_OPENED', null), 'open');
    expect(await all('select difficulty from deployment')).toEqual([{ difficulty: 'Đường truyền chập chờn.' }]);
    expect(await all('select distinct stream from observation')).toEqual([{ stream: 'systems' }]);
    await pushViettel(told('INCIDENT_CLOSED', '2025-06-27T03:00:00Z'), 'close');
    expect(await all('select difficulty from deployment')).toEqual([]);
  });

  test('closes what it opened also where the closing comes first', async () => {
    await pushViettel(told('INCIDENT_CLOSED', '2025-06-27T03:00:00Z'), 'close');
    await pushViettel(told('INCIDENT_OPENED', null), 'open');
    expect(await all('select difficulty from deployment')).toEqual([]);
  });

  test('is refused with a signature of six minutes ago, or another event id than was signed', async () => {
    const text = JSON.stringify(told('INCIDENT_OPENED', null));
    const headers = signed(WEBHOOK_SIGNATURE, 'VIETTEL_WEBHOOK_SECRET', text);
    const url = `${hub.base}/ingest/viettel`;
    expect((await post(url, text, { ...headers, 'x-viettel-event-id': 'e-2' })).status).toBe(401);
    hub.clock.now = new Date(hub.clock.now.getTime() + 6 * 60_000);
    expect((await post(url, text, headers)).status).toBe(401);
  });

  test('is taken while a run of it goes on', async () => {
    await db.em().execute(`insert into sync_run (source_id, trigger, state, worker, started_at, heartbeat_at)
      values ('viettel', 'schedule', 'RUNNING', 'w', now(), now())`);
    expect((await pushViettel(told('INCIDENT_OPENED', null), 'open')).status).toBe(202);
  });
});

test('a connection that dies in the midst of a delivery leaves nothing of it, and the redelivery is whole', async () => {
  const event = haproStatus('a', 'CHAY_THU', '2025-06-26T08:00:00+07:00');
  const blocker = db.em();
  await blocker.begin();
  // The receipt is written last: everything else of the delivery stands in the transaction by then.
  await blocker.execute('lock table receipt in exclusive mode');
  const delivery = pushHapro(event);
  const waiting = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  let pids: { pid: number }[] = [];
  await waitUntil(
    async () => {
      pids = await all<{ pid: number }>(waiting);
      return pids.length > 0;
    },
    { limitMs: 10_000 },
  );
  await db.em().execute(`select pg_terminate_backend(${pids[0]?.pid})`);
  const broken = await delivery;
  await blocker.rollback();
  expect(broken.status).toBe(503);
  expect(
    await all('select 1 from observation union all select 1 from sync_run union all select 1 from change'),
  ).toEqual([]);
  expect((await pushHapro(event)).status).toBe(202);
  expect(await all('select status from deployment')).toEqual([{ status: 'PILOT' }]);
});

test.each([
  { source: 'hapro', options: SIGNATURE, secret: 'HAPRO_SECRET', most: 256 * 1024 },
  { source: 'viettel', options: WEBHOOK_SIGNATURE, secret: 'VIETTEL_WEBHOOK_SECRET', most: 64 * 1024 },
])('a delivery to $source has at most $most bytes', async ({ source, options, secret, most }) => {
  const sent = async (bytes: number) => {
    const text = '{}'.padEnd(bytes);
    return (await post(`${hub.base}/ingest/${source}`, text, signed(options, secret, text))).status;
  };
  expect([await sent(most), await sent(most + 1)]).toEqual([422, 413]);
});
