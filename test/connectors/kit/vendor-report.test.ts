import { describe, expect, test } from '@jest/globals';
import { type CodeMap, incidentOfColumns, mapCode, reportIncident, reportLink } from '../../../connectors/kit/index.ts';
import { type IncidentReport, reportSystem } from '../../../connectors/kit/vendor-report.ts';

const at = (time: string): Date => new Date(`2025-06-27T${time}:00+07:00`);
const codes = { version: '2025-06.3', codes: { '1': 'READY' } } as const satisfies CodeMap<string>;
const report = (incident: IncidentReport | null | undefined, note?: string | null) =>
  reportSystem({
    province: '24',
    system: 'HOP',
    vendor: 'VNPT',
    partners: [],
    status: mapCode(codes, '7'),
    incident,
    note,
    observedAt: at('08:00'),
    detail: { simulated: true, document: 'a.txt' },
  });

describe('a system that a vendor reports', () => {
  test.each<{ name: string; incident: IncidentReport | null | undefined; said: object | undefined }>([
    { name: 'says nothing of incidents', incident: undefined, said: undefined },
    {
      name: 'has none open',
      incident: null,
      said: { attributes: { difficulty: null }, retract: true, observedAt: at('08:00') },
    },
    {
      name: 'has one open',
      incident: { description: 'Mất điện.', openedAt: at('06:00') },
      said: { attributes: { difficulty: 'Mất điện.' }, observedAt: at('06:00') },
    },
    {
      name: 'had one that is over',
      incident: { description: 'Mất điện.', openedAt: at('06:00'), closedAt: at('07:00') },
      said: { attributes: { difficulty: null }, retract: true, observedAt: at('07:00') },
    },
    {
      name: 'has one open that is not described',
      incident: { description: '', openedAt: at('06:00') },
      said: { attributes: { difficulty: 'Có sự cố, chưa có mô tả.' }, observedAt: at('06:00') },
    },
  ])('$name: as of a time that is the same whenever it is read, and by no document', ({ incident, said }) => {
    const spoken = report(incident).filter((one) => one.class === 'fact' && 'difficulty' in one.attributes);
    const base = { class: 'fact', kind: 'deployment', key: { province: '24', system: 'HOP' } };
    expect(spoken).toEqual(said ? [{ ...base, ...said, detail: { simulated: true } }] : []);
  });

  test.each([
    { name: 'says nothing of notes', note: undefined, said: [] },
    { name: 'has none', note: null, said: [{ attributes: { note: null }, retract: true }] },
    { name: 'has an empty one', note: '', said: [{ attributes: { note: null }, retract: true }] },
    { name: 'has one', note: 'Đang chạy thử.', said: [{ attributes: { note: 'Đang chạy thử.' } }] },
  ])('$name: a note that is cleared is taken back as of the time of the report', ({ note, said }) => {
    const spoken = report(undefined, note).filter((one) => one.class === 'fact' && 'note' in one.attributes);
    const base = { class: 'fact', kind: 'deployment', key: { province: '24', system: 'HOP' } };
    const detail = { simulated: true, document: 'a.txt' };
    expect(spoken).toEqual(said.map((one) => ({ ...base, ...one, observedAt: at('08:00'), detail })));
  });

  test('keeps what has no time of its own undated', () => {
    expect(reportIncident({ province: '24', system: 'HOP' }, null, { observedAt: null })).toMatchObject({
      observedAt: null,
      retract: true,
    });
  });

  test.each([
    { name: 'columns that are not there', columns: [undefined, undefined, undefined], incident: undefined },
    { name: 'empty cells', columns: ['', null, null], incident: null },
    { name: 'a description', columns: ['x', at('06:00'), null], incident: { openedAt: at('06:00'), closedAt: null } },
    { name: 'no beginning', columns: ['x', null, null], incident: { openedAt: null, closedAt: null } },
  ] as const)('reads its incident of columns: $name', ({ columns: [description, from, to], incident }) => {
    expect(incidentOfColumns(description, from, to)).toEqual(incident && { description, ...incident });
  });
});

test('a code that the map does not know goes with the version of the map, and only where it stands', () => {
  const unmapped = { rawCode: '7', codeMapVersion: '2025-06.3' };
  const [vendors, status] = report(undefined);
  expect(status).toMatchObject({ attributes: { status: 'UNMAPPED' }, detail: unmapped });
  expect(vendors?.detail).toEqual({ simulated: true, document: 'a.txt' });
  const link = { province: '24', target: 'DVCQG', latencyMs: 1, lastSuccessAt: null, note: null, observedAt: null };
  const stateOf = (code: string) => reportLink({ ...link, state: mapCode(codes, code) })[0];
  expect(stateOf('7')).toMatchObject({ attributes: { state: 'UNMAPPED' }, detail: unmapped });
  expect(stateOf('1')?.detail).toEqual({});
});
