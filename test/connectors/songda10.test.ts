import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readXlsx } from 'hucre/xlsx';
import { reportPart } from '../../connectors/songda10/contract.ts';
import { mapPart } from '../../connectors/songda10/mapping.ts';
import { Latest } from '../../connectors/testkit/latest.ts';
import { createSandboxReader, type SandboxReader } from './support/sandbox-reader.ts';

const AT = '2025-06-27T12:15:00+07:00';

describe('Sông Đà 10', () => {
  let reader: SandboxReader;
  beforeEach(async () => {
    reader = await createSandboxReader('songda10');
    reader.subject.setTime(new Date(AT));
  });
  afterEach(() => reader.stop());

  test('sends a real workbook: titles, cells merged over the rows of a system, dates as serials, numbers as text', async () => {
    const answer = await fetch(`${String(reader.subject.config.baseUrl)}/bao-cao/2025-06-27.xlsx`);
    const [sheet] = (await readXlsx(new Uint8Array(await answer.arrayBuffer()))).sheets;
    const [company, title, headings, ...rows] = sheet?.rows ?? [];
    expect([company?.[0], title?.[0]]).toEqual(['CÔNG TY CỔ PHẦN SÔNG ĐÀ 10', 'Báo cáo hằng ngày, ngày 27/06/2025']);
    const column = (name: string) => rows.map((row) => row[headings?.indexOf(name) ?? -1] ?? null);
    expect(column('Tỉnh, thành phố')).toEqual(['Đà Nẵng (48)', null, null, null, null, null]);
    expect(column('Đo lúc')[0]).toBeCloseTo(45835 + 8 / 24, 9);
    expect(column('Cập nhật')[0]).toBeInstanceOf(Date);
    expect(column('Giá trị').map((value) => typeof value)).toEqual([
      'number',
      'string',
      'string',
      'number',
      'string',
      'number',
    ]);
    const province = headings?.indexOf('Tỉnh, thành phố');
    expect(sheet?.merges).toContainEqual({ startRow: 3, endRow: 7, startCol: province, endCol: province });
  });

  test('has no report of a day before somebody has written it, and it comes with the next read', async () => {
    const days = ({ observations }: Awaited<ReturnType<SandboxReader['readAt']>>) =>
      observations.flatMap((one) => (one.kind === 'serviceHealth' ? [one.measuredAt.toISOString().slice(0, 10)] : []));
    const early = await reader.readAt('2025-06-27T08:10:00+07:00');
    expect([early.error, days(early)]).toEqual([undefined, ['2025-06-25', '2025-06-26']]);
    const later = await reader.readAt('2025-06-27T08:15:00+07:00', early.checkpoints);
    expect(days(later)).toContain('2025-06-27');
  });

  test('lets the later of two workbooks hold, where a cell is cleared and the time beside it left as it was', () => {
    const part = {
      part: 'system',
      'Tỉnh, thành phố': 'Đà Nẵng (48)',
      'Hệ thống': 'BAOCAO',
      'Tình trạng': 'Thử nghiệm',
      'Cập nhật': '2025-06-25T09:00:00',
    };
    const said = (day: number, note: string | null) =>
      mapPart(reportPart.parse({ ...part, 'Đo lúc': `2025-06-${day}T08:00:00`, 'Ghi chú': note })).flatMap((one) =>
        one.class === 'fact' && 'note' in one.attributes ? [one] : [],
      );
    const latest = new Latest().add([...said(27, null), ...said(26, 'Đang chạy thử.')]).all();
    expect(latest).toMatchObject([{ attributes: { note: null }, retract: true }]);
  });

  test('asks for the last days again, since people mend what they have sent', async () => {
    const first = await reader.readAt('2025-06-30T12:00:00+07:00');
    const second = await reader.readAt('2025-06-30T12:00:10+07:00', first.checkpoints);
    const asked = second.pages.flatMap(({ raw }) => (raw ? [raw.request.path] : []));
    // Each once, though a workbook tells of two things.
    expect(asked).toEqual(['28', '29', '30'].map((day) => `/bao-cao/2025-06-${day}.xlsx`));
  });
});
