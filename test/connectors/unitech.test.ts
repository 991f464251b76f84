import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readAll } from '../../connectors/testkit/read-all.ts';
import { unitechConnector } from '../../connectors/unitech/connector.ts';
import { createBench } from './support/contexts.ts';
import { createSandboxReader, type SandboxReader } from './support/sandbox-reader.ts';

const AT = '2025-06-27T12:15:00+07:00';

describe('Unitech', () => {
  let reader: SandboxReader;
  beforeEach(async () => {
    reader = await createSandboxReader('unitech');
  });
  afterEach(() => reader.stop());

  test('sends files with semicolons, a byte order mark and decimal commas', async () => {
    const { config, credentials } = reader.subject;
    const url = `${String(config.baseUrl)}/xuat/suc-khoe.csv?tu=20250625000000&token=${credentials.token}`;
    reader.subject.setTime(new Date(AT));
    const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [header = '', row = ''] = bytes.subarray(3).toString('utf8').split('\r\n');
    expect(header.split(';').slice(0, 3)).toEqual(['Mã tỉnh', 'Mã hệ thống', 'Đo lúc']);
    expect(row.split(';')[3]).toMatch(/^\d+,\d\d$/);
  });

  test('has its token nowhere: not in the log of retries, raw answers, rejections, checkpoints or errors', async () => {
    const { subject, sandbox } = reader;
    const secret = subject.credentials.token ?? '';
    const log: string[] = [];
    const note = (fields: object, message: string): void => void log.push(`${JSON.stringify(fields)} ${message}`);
    const bench = createBench('', {
      config: subject.config as never,
      credentials: subject.credentials,
      domainClock: subject.domainClock,
      logger: { debug: note, info: note, warn: note },
    });
    sandbox.control.addFault({ upstream: 'unitech', fault: '503', nth: 1 });
    sandbox.control.addFault({ upstream: 'unitech', fault: 'type-change', nth: 2, times: 10 });
    const { pages, rejections, error } = await readAll(unitechConnector, bench.context);
    bench.shared.close();
    expect([log.length, rejections.length]).toEqual([1, 2]);
    const raws = pages.flatMap(({ raw }) => (raw ? [raw] : []));
    expect(raws.map(({ request }) => request.path)).toEqual(['/xuat/trang-thai.csv', '/xuat/suc-khoe.csv']);
    const told = JSON.stringify([log, rejections, pages.map(({ checkpoint }) => checkpoint), String(error)]);
    const kept = JSON.stringify(raws.map(({ request, headers }) => [request, headers]));
    expect(secret.length).toBeGreaterThan(10);
    expect(`${told} ${kept}`).not.toContain(secret);
  });

  test('asks for health from a day before its last read on', async () => {
    const first = await reader.readAt(AT);
    const second = await reader.readAt('2025-06-28T12:15:00+07:00', first.checkpoints);
    const requests = second.pages.flatMap(({ raw }) => (raw ? [raw.request] : []));
    expect(requests.map(({ query }) => query)).toEqual([undefined, { tu: '20250626101500' }]);
    const days = second.observations.flatMap((one) =>
      one.class === 'measurement' && 'measuredAt' in one ? [one] : [],
    );
    expect(new Set(days.map(({ measuredAt }) => measuredAt.toISOString()))).toEqual(
      new Set(['2025-06-27T01:00:00.000Z', '2025-06-28T01:00:00.000Z']),
    );
  });
});
