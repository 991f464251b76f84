import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { connectors } from '../../../connectors/index.ts';
import { checkFile } from '../../../src/sync/source-file/check-file.ts';

const around = { connectors, provinces: new Set(['01', '14', '48']) };

const entry = {
  id: 'vnpt',
  connector: 'vnpt',
  config: { baseUrl: 'https://vnpt.example.vn' },
  credentials: { clientId: 'VNPT_ID', clientSecret: 'VNPT_SECRET' },
  schedule: { everySeconds: 300 },
  ttl: 'PT30M',
  precedence: { default: 20 },
};
/** One entry a line, so that the line of a mistake is that of its entry. */
const fileOf = (...entries: object[]): string =>
  `{ "sources": [\n${entries.map((one) => JSON.stringify(one)).join(',\n')}\n] }`;
const problemsOf = (text: string): string[] =>
  checkFile(text, around).problems.map(({ place, message }) => `${place}: ${message}`);
const problemsWith = (change: object): string[] => problemsOf(fileOf({ ...entry, ...change }));

describe('a file of sources', () => {
  test('that is right gives its sources, with what they did not say', () => {
    expect(checkFile(fileOf(entry), around)).toMatchObject({
      problems: [],
      sources: [
        { id: 'vnpt', ttl: 1_800, goneAfter: 3, schedule: { everySeconds: 300, jitterSeconds: 0 }, voices: {} },
      ],
    });
  });

  test('may name the schema that its editor holds it to', () => {
    expect(problemsOf(`{ "$schema": "sources.schema.json", "sources": [${JSON.stringify(entry)}] }`)).toEqual([]);
  });

  test('of the documents is right', async () => {
    const text = await readFile(new URL('../../../docs/examples/sources.json', import.meta.url), 'utf8');
    const { sources, problems } = checkFile(text, around);
    expect(problems).toEqual([]);
    expect(sources.map(({ id }) => id)).toEqual(['lgsp-01', 'khcn']);
  });

  test('may begin with the byte order mark that some editors write', () => {
    expect(problemsOf(`\ufeff${fileOf(entry)}`)).toEqual([]);
  });

  test('may not take the place of operators, whose word stands above all sources', () => {
    expect(problemsWith({ id: 'operator' })).toEqual([
      ':2 /sources/0/id: What operators correct has the id operator already.',
    ]);
  });

  test('that nests without end is a mistake like any other', () => {
    expect(problemsOf(`{"sources":\n${'['.repeat(20_000)}${']'.repeat(20_000)}}`)).toEqual([
      ':1: the text nests too deeply to be read.',
    ]);
  });

  test('holds no password in an address', () => {
    const [problem, ...others] = problemsWith({ config: { baseUrl: 'https://user:geheim@vnpt.example.vn' } });
    expect(problem).toContain(':2 /sources/0/config/baseUrl: holds a user or password');
    expect(problem).not.toContain('geheim');
    expect(others).toEqual([]);
  });

  test.each([
    ['an option that there is not', { colour: 'red' }, ':2 /sources/0/colour: There is no option "colour".'],
    ['an id that is none', { id: 'VNPT' }, ':2 /sources/0/id: ids are in kebab case.'],
    [
      'a duration that is none',
      { ttl: 'soon' },
      ':2 /sources/0/ttl: is no duration such as PT10M or P1D, and no number',
    ],
    ['a schedule that is none', { schedule: { every: 5 } }, ':2 /sources/0/schedule: is neither {"everySeconds": 300}'],
    ['no default rank', { precedence: { link: 1 } }, ':2 /sources/0/precedence: names no default.'],
    [
      'an unknown connector',
      { connector: 'vntp' },
      ':2 /sources/0/connector: There is no connector "vntp". There are: ',
    ],
    [
      'an option that its connector does not know',
      { config: { ...entry.config, colour: 'red' } },
      ':2 /sources/0/config/colour: There is no option "colour".',
    ],
    ['an address that is none', { config: { baseUrl: 'vnpt' } }, ':2 /sources/0/config/baseUrl: Invalid URL.'],
    [
      'a credential that is not named',
      { credentials: { clientId: 'VNPT_ID' } },
      ':2 /sources/0/credentials: Name the variable that holds its clientSecret.',
    ],
    [
      'a credential that nobody needs',
      { credentials: { ...entry.credentials, password: 'VNPT_PASSWORD' } },
      ':2 /sources/0/credentials/password: The connector vnpt has no credential "password"; it needs clientId, clientSecret.',
    ],
    [
      'a secret instead of its name',
      { credentials: { ...entry.credentials, clientId: 's3cret' } },
      ':2 /sources/0/credentials/clientId: ',
    ],
    [
      'a kind that is none',
      { precedence: { default: 1, lnk: 2 } },
      ':2 /sources/0/precedence/lnk: "lnk" is no kind of fact',
    ],
    [
      'a cron expression that is none',
      { schedule: { cron: 'each morning' } },
      ':2 /sources/0/schedule/cron: "each morning"',
    ],
    [
      'a province that is none',
      { scope: { province: '99' } },
      ':2 /sources/0/scope/province: There is no province "99".',
    ],
    ['no schedule for who must be asked', { schedule: undefined }, ':2 /sources/0: Say when it is asked'],
    [
      'a time to live below its schedule',
      { ttl: 'PT1M' },
      ':2 /sources/0/ttl: What it says counts for 60 s and it is read every 300 s',
    ],
    [
      'a time to live that does not outlast a weekend',
      { ttl: 'P2D', schedule: { cron: '15 17 * * 1-5' } },
      ':2 /sources/0/ttl: What it says counts for 172800 s and up to 259200 s pass between two reads',
    ],
  ])('says where there is %s', (_what, change, problem) => {
    const problems = problemsWith(change);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(problem)).toBe(true);
  });

  test('says all mistakes at once, from top to bottom', () => {
    const text = fileOf(
      { ...entry, colour: 'red', config: { baseUrl: 'vnpt' } },
      { ...entry, id: 'fpt', connector: 'ftp', ttl: 'PT30M' },
      { ...entry, id: 'third', scope: { province: '99' } },
    );
    expect(problemsOf(text).map((problem) => problem.split(': ')[0])).toEqual([
      ':2 /sources/0/colour',
      ':2 /sources/0/config/baseUrl',
      ':3 /sources/1/connector',
      ':4 /sources/2/scope/province',
    ]);
  });

  test('tells of two sources with one id, voices included', () => {
    const voices = { summary: { name: 'Tóm tắt', precedence: { default: 40 }, ttl: null } };
    const config = { baseUrl: 'https://other.example.vn' };
    expect(problemsOf(fileOf({ ...entry, voices }, { ...entry, id: 'vnpt-summary', config }))).toEqual([
      ':3 /sources/1/id: The voice summary of vnpt has the id vnpt-summary already.',
    ]);
  });

  test('tells of two sources at one address that disagree on its limits', () => {
    const other = { ...entry, id: 'vnpt-2', config: { baseUrl: 'https://VNPT.example.vn/', requestBudget: 5 } };
    expect(problemsOf(fileOf(entry, other))).toEqual([
      ':3 /sources/1/config/requestBudget: vnpt-2 asks the same address as vnpt, which says nothing here; let both say the same.',
    ]);
    expect(problemsOf(fileOf(entry, { ...other, config: { baseUrl: 'https://VNPT.example.vn/' } }))).toEqual([]);
  });

  test.each([
    ['no JSON', '{\n  "sources": [\n    { "id": vnpt }\n  ]\n}', [':3: there is something here that is no JSON.']],
    ['a comma too many', '{ "sources": [],\n}', [':2: a name in double quotes is expected.']],
    ['nothing', '', [':1: a value is expected.']],
    ['a key twice', '{ "sources": [],\n "sources": [] }', [':2 /sources: "sources" stands here for the second time.']],
    ['no sources', '{ "sources": [] }', [':1 /sources: Too small: expected array to have >=1 items.']],
    ['something else', '[]', [':1 /: Invalid input: expected object, received array.']],
  ])('that holds %s is told the line', (_what, text, problems) => {
    expect(problemsOf(text)).toEqual(expect.arrayContaining(problems));
  });
});
