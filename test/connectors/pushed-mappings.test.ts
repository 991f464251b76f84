import { describe, expect, test } from '@jest/globals';
import { event } from '../../connectors/hapro/contract.ts';
import { mapEvent } from '../../connectors/hapro/mapping.ts';
import { connectors } from '../../connectors/index.ts';
import type { PushContext } from '../../connectors/kit/push/push.ts';
import type { Observation } from '../../schema/observation.ts';

const context: PushContext = {
  source: { id: 'self-declared', config: {} },
  credentials: {},
  clock: { now: () => new Date('2026-01-01T00:00:00Z') },
  domainClock: { now: () => new Date('2025-06-27T05:15:00Z') },
};

/** What a province's row says, or the fields that are wrong with it. */
function declare(fields: object): { said: unknown; wrong: (string | null)[]; observations: readonly Observation[] } {
  const rawBody = Buffer.from(JSON.stringify({ province: '24', system: 'TTHC', ...fields }));
  const received = connectors
    .get('self-declared')
    ?.push?.receive({ headers: {}, rawBody, contentType: 'application/json' }, context);
  const [record] = received?.records ?? [];
  const observations = record?.observations ?? [];
  return {
    observations,
    said: Object.assign({}, ...observations.map((one) => (one.class === 'fact' ? one.attributes : {}))),
    wrong: (record?.problems ?? []).map(({ field }) => field),
  };
}

describe('a row of a province', () => {
  test.each([
    { name: 'a status by its code', row: { status: 'READY' }, said: { status: 'READY' } },
    { name: 'a status in words', row: { status: 'Đã vận hành chính thức' }, said: { status: 'OPERATING' } },
    { name: 'a status in NFD', row: { status: 'Đang chạy thử'.normalize('NFD') }, said: { status: 'PILOT' } },
    { name: 'a status in words of its own', row: { status: 'Gần xong' }, said: { status: 'UNMAPPED' } },
    { name: 'vendors as a list', row: { vendors: ['SELF', 'VNPT'] }, said: { vendors: ['SELF', 'VNPT'] } },
    { name: 'vendors in one text', row: { vendors: 'SELF, VNPT;FPT' }, said: { vendors: ['SELF', 'VNPT', 'FPT'] } },
    { name: 'a note in NFD', row: { note: ' Đã xong '.normalize('NFD') }, said: { note: 'Đã xong' } },
    { name: 'a note that is taken back', row: { note: '-' }, said: { note: null } },
    { name: 'a difficulty that is taken back', row: { difficulty: null }, said: { difficulty: null } },
  ])('says what it names: $name', ({ row, said }) => {
    expect(declare(row)).toMatchObject({ said, wrong: [] });
  });

  test('is wrong where it says nothing', () => {
    expect(declare({})).toMatchObject({ observations: [], wrong: [null] });
  });

  test.each([
    { name: 'a province by its name', row: { province: 'Bắc Ninh' }, wrong: ['province'] },
    { name: 'a system in lower case', row: { system: 'tthc' }, wrong: ['system'] },
    { name: 'no vendor in a list', row: { vendors: [] }, wrong: ['vendors'] },
    { name: 'a status that is a number', row: { status: 1 }, wrong: ['status'] },
    { name: 'a time without a zone', row: { observedAt: '2025-06-27T08:30:00' }, wrong: ['observedAt'] },
    { name: 'a day that there is not', row: { observedAt: '31/06/2025 08:30' }, wrong: ['observedAt'] },
    { name: 'two things at once', row: { system: '', note: 7 }, wrong: ['system', 'note'] },
  ])('is wrong: $name', ({ row, wrong }) => {
    expect(declare(row)).toMatchObject({ wrong, observations: [] });
  });

  test.each([
    { name: 'RFC 3339', observedAt: '2025-06-27T08:30:00+07:00' },
    { name: 'as people write it', observedAt: '27/06/2025 08:30' },
  ])('has its time: $name', ({ observedAt }) => {
    const { observations } = declare({ status: 'READY', observedAt });
    expect(observations).toMatchObject([{ observedAt: new Date('2025-06-27T01:30:00Z') }]);
  });

  test('carries the document with what it states, and not with what is in the way', () => {
    const _sandbox = { simulated: true, document: 'a.txt' };
    const { observations } = declare({ status: 'READY', vendors: 'SELF', difficulty: 'Mất điện', _sandbox });
    expect(observations.map(({ detail }) => detail)).toEqual([_sandbox, _sandbox, { simulated: true }]);
  });

  test('has the raw word of a status that is unmapped, and only there', () => {
    const { observations } = declare({ status: 'Gần xong', vendors: 'SELF' });
    expect(observations.map(({ detail }) => detail?.rawCode)).toEqual(['Gần xong', undefined]);
  });
});

test.each([
  { name: 'left out', fields: {}, said: [] },
  { name: 'null', fields: { ghiChu: null }, said: [{ attributes: { note: null }, retract: true }] },
  { name: 'a text', fields: { ghiChu: 'Chạy thử' }, said: [{ attributes: { note: 'Chạy thử' } }] },
])('the note in an event of Hapro is spoken of where it stands: $name', ({ fields, said }) => {
  const sent = { maSuKien: 'tt-1', loai: 'TRANG_THAI', thoiDiem: '2025-06-27T08:30:00+07:00', maTinh: '24' };
  const told = mapEvent(event.parse({ ...sent, maHeThong: 'HOP', trangThai: 'SAN_SANG', ...fields }));
  const ofNotes = told.filter((one) => one.class === 'fact' && 'note' in one.attributes);
  expect(ofNotes).toEqual(said.map((one) => expect.objectContaining(one)));
});
