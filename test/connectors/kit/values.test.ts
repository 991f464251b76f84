import { describe, expect, test } from '@jest/globals';
import { mapCode } from '../../../connectors/kit/code-map.ts';
import { codeIn } from '../../../connectors/kit/error-code.ts';
import { csvFormat } from '../../../connectors/kit/formats/csv.ts';
import { AnswerBody } from '../../../connectors/kit/http/answer-body.ts';
import { findErrorRule } from '../../../connectors/kit/http/error-table.ts';
import { booleanText, localTimeText, text, wholeNumberText, zonedTime } from '../../../connectors/kit/index.ts';
import { formatLocalTime, localDay, parseLocalTime } from '../../../connectors/kit/local-time.ts';
import { redactRecord, redactSecrets } from '../../../connectors/kit/redact.ts';
import { createRejection } from '../../../connectors/kit/rejection.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';

describe('local times', () => {
  test.each([
    { name: 'a moment in Asia/Ho_Chi_Minh', given: '20250627121500', expected: '2025-06-27T05:15:00.000Z' },
    { name: 'just after midnight', given: '20250701000001', expected: '2025-06-30T17:00:01.000Z' },
    { name: 'a day that is none', given: '20250631000000', expected: undefined },
    { name: 'nothing', given: '', expected: undefined },
    { name: 'another form', given: '2025-06-27', expected: undefined },
  ])('$name', ({ given, expected }) => {
    const moment = parseLocalTime(given);
    expect(moment?.toISOString()).toBe(expected);
    if (moment) expect(formatLocalTime(moment)).toBe(given);
  });

  test('a day begins at midnight local time', () => {
    expect(localDay(new Date('2025-06-30T16:59:59Z'))).toBe('2025-06-30');
    expect(localDay(new Date('2025-06-30T17:00:00Z'))).toBe('2025-07-01');
  });
});

describe('what contracts are made of', () => {
  test.each([
    { name: 'decomposed text becomes NFC', type: text(), given: 'Hà Nội'.normalize('NFD'), expected: 'Hà Nội' },
    { name: 'a text of megabytes is refused', type: text(), given: 'Đ'.repeat(10_000_000), expected: undefined },
    { name: 'a number as text', type: wholeNumberText, given: '1139', expected: 1139 },
    { name: 'a number as number is refused', type: wholeNumberText, given: 1139, expected: undefined },
    { name: 'True', type: booleanText, given: 'True', expected: true },
    { name: 'true is another word', type: booleanText, given: 'true', expected: undefined },
    { name: 'no time', type: localTimeText, given: '', expected: null },
    { name: 'a broken time', type: localTimeText, given: '20251301000000', expected: undefined },
    {
      name: 'a time with its zone',
      type: zonedTime,
      given: '2025-06-27T12:15:00+07:00',
      expected: new Date('2025-06-27T05:15:00Z'),
    },
    { name: 'a time without a zone is refused', type: zonedTime, given: '2025-06-27T12:15:00', expected: undefined },
  ])('$name', ({ type, given, expected }) => {
    expect(type.safeParse(given).data).toEqual(expected);
  });
});

describe('a CSV file', () => {
  const decode = (text: string | Buffer) =>
    Array.fromAsync(csvFormat().read({ headers: {}, body: AnswerBody.of(text) }));
  test.each([
    { name: 'is read by its header', text: 'a,b\r\n1,2\r\n', expected: [{ a: '1', b: '2' }] },
    { name: 'may have its columns in another order', text: 'b,a\n2,1\n', expected: [{ a: '1', b: '2' }] },
    {
      name: 'may have the names of its columns decomposed',
      text: `${'Mã tỉnh'.normalize('NFD')}\n01\n`,
      expected: [{ ['Mã tỉnh'.normalize('NFC')]: '01' }],
    },
    {
      name: 'may call columns as what every object has',
      text: '__proto__,constructor\n1,2\n',
      expected: [JSON.parse('{"__proto__":"1","constructor":"2"}')],
    },
    { name: 'may begin with a byte order mark', text: '\ufeffa\n1\n', expected: [{ a: '1' }] },
    {
      name: 'may quote commas and lines',
      text: 'a,b\n"x, ""y"" z","1\n2"\n',
      expected: [{ a: 'x, "y" z', b: '1\n2' }],
    },
    { name: 'keeps a row of another length as it is', text: 'a,b\n1\n1,2\n', expected: [['1'], { a: '1', b: '2' }] },
    { name: 'may be an error in JSON instead', text: '{"loi":"HE_THONG"}', expected: { loi: 'HE_THONG' } },
    { name: 'may be empty', text: '', expected: [] },
  ])('$name', async ({ text, expected }) => {
    expect(await decode(text)).toEqual([expected]);
  });

  test.each(['<html></html>', 'a\n"1', 'a\n\xff'])('%j is no CSV, and may be tried again', async (text) => {
    await expect(decode(Buffer.from(text, 'latin1'))).rejects.toMatchObject({
      code: 'UPSTREAM_SYSTEM',
      retryable: true,
    });
  });

  test('that is large comes in lists of rows', async () => {
    const text = `a\n${Array.from({ length: 10_500 }, (_, index) => index).join('\n')}`;
    const bodies = (await decode(text)) as Json[][];
    expect(bodies.map(({ length }) => length)).toEqual([5000, 5000, 500]);
    expect(bodies.flat().at(-1)).toEqual({ a: '10499' });
  });
});

describe('codes', () => {
  const map = { version: '1', codes: { '1': 'UP' } } as const;
  test('a code that the map does not know is unmapped and kept, also one that objects have', () => {
    expect(mapCode(map, '1')).toEqual({ value: 'UP' });
    expect(mapCode(map, '9')).toEqual({ value: 'UNMAPPED', rawCode: '9', mapVersion: map.version });
    expect(mapCode(map, 'constructor')).toMatchObject({ value: 'UNMAPPED', rawCode: 'constructor' });
  });

  test.each([
    { name: '0 is success', body: { error_code: 0 }, expected: undefined },
    { name: '"00" is success', body: { error_code: '00' }, expected: undefined },
    { name: 'no code is success', body: {}, expected: undefined },
    { name: 'a list has no code', body: [1], expected: undefined },
    { name: '-1 is a failure', body: { error_code: -1 }, expected: '-1' },
  ])('$name', ({ body, expected }) => {
    expect(codeIn('error_code', ['0', '00'])(body as Json)).toBe(expected);
  });
});

describe('the error table', () => {
  const own = [
    { when: { status: 404, code: ['NONE'] }, action: 'ignore', kind: 'transient', userMessage: 'nothing there' },
    { when: { status: 200, code: ['11'] }, action: 'reauthenticate', kind: 'configuration', userMessage: 'session' },
  ] as const;
  test.each([
    { name: 'success', status: 200, code: undefined, action: undefined },
    { name: 'nothing there, by its own code', status: 404, code: 'NONE', action: 'ignore' },
    { name: 'a wrong address', status: 404, code: undefined, action: 'fail' },
    { name: 'a session that is gone inside HTTP 200', status: 200, code: '11', action: 'reauthenticate' },
    { name: 'another error inside HTTP 200', status: 200, code: '99', action: 'retry' },
    { name: '401', status: 401, code: undefined, action: 'reauthenticate' },
    { name: '403', status: 403, code: undefined, action: 'fail' },
    { name: '429', status: 429, code: undefined, action: 'rate-limited' },
    { name: '500', status: 500, code: undefined, action: 'retry' },
    { name: '503', status: 503, code: '503', action: 'retry' },
    { name: 'a redirect', status: 302, code: undefined, action: 'fail' },
    { name: '422', status: 422, code: undefined, action: 'fail' },
  ])('$name', ({ status, code, action }) => {
    expect(findErrorRule(own, status, code)?.action).toBe(action);
  });
});

describe('what is kept of a record', () => {
  const setting = { stream: 's', contractVersion: '1', secrets: ['s3cret-value'] };

  test('no secret: neither by its name nor by its value', () => {
    const record = { session: 'abc', nested: [{ password: 'x', note: 'key is s3cret-value' }], tokens: 3 };
    expect(redactRecord(record, setting.secrets)).toEqual({
      session: '[removed]',
      nested: [{ password: '[removed]', note: 'key is [removed]' }],
      tokens: 3,
    });
    expect(redactSecrets('/x?token=abc&page=2')).toBe('/x?token=[removed]&page=2');
  });

  test.each([
    'password',
    'PASSWD',
    'matkhau',
    'mat_khau',
    'matKhau',
    'Mật khẩu',
    'Mật khẩu'.normalize('NFD'),
    'sessionId',
    'access_token',
    'X-Api-Key',
    'clientSecret',
  ])('nothing of whatever form under the name %s', (name) => {
    for (const value of [12345678, '1234', { value: 'x' }, ['x'], true]) {
      expect(redactRecord({ [name]: value }, [])).toEqual({ [name]: '[removed]' });
    }
    expect(redactRecord({ [name]: null }, [])).toEqual({ [name]: null });
    expect(redactSecrets(`/x?${new URLSearchParams({ [name]: '1234', page: '2' })}`)).toMatch(/=\[removed\]&page=2$/);
  });

  test.each(['tokens', 'sessions', 'phien_ban', 'passed', 'ten'])('what stands under the name %s', (name) => {
    expect(redactRecord({ [name]: 3 }, [])).toEqual({ [name]: 3 });
  });

  test('no secret as an address writes it', () => {
    const secret = 'a+b/ç =';
    const link = new URL('http://upstream/x');
    link.searchParams.set('key', secret);
    const path = `/${encodeURIComponent(secret)}/y`;
    expect(redactRecord({ link: link.href, path }, [secret])).toEqual({
      link: 'http://upstream/x?key=[removed]',
      path: '/[removed]/y',
    });
  });

  test('of the place no more than tells where it is', () => {
    const { path = '' } = createRejection(setting, {}, 'wrong', 'a.'.repeat(1_000_000));
    expect(path.length).toBeLessThanOrEqual(500);
  });

  test('at most 16 KiB', () => {
    const long = createRejection(setting, { id: 1, text: 'Đ'.repeat(10_000_000) }, 'too long', 'text');
    expect(long.record).toMatchObject({ id: 1 });
    const many = createRejection(
      setting,
      Array.from({ length: 100_000 }, (_, index) => ({ index })),
      'too many',
    );
    for (const { record } of [long, many]) expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThan(16 * 1024);
  });
});
