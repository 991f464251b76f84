import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectorCases } from '../../connectors/testkit/connector-suite.ts';
import { FORMATS, PAGINGS, SIGN_INS, TELLS } from '../../src/cli/connector-new/plan.ts';
import { writeConnector } from '../../src/cli/connector-new/write-connector.ts';
import { runCommand } from './recording-terminal.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What a connector is made of and held to, and what the command line is. */
const COPIED = ['connectors', 'schema', 'seeds', 'src', 'test/connectors/support'];
const FILES = ['package.json', 'jest.config.js', 'biome.json', 'tsconfig.json'];

/** Every way of signing in with every format, and among them every way of paging and everything that may be told. */
const made = SIGN_INS.flatMap((signIn, nth) =>
  FORMATS.map((format, mth) => ({
    id: `new-${signIn}-${format}`,
    signIn,
    format,
    paging: format === 'json' ? (PAGINGS[nth % PAGINGS.length] ?? 'single') : 'single',
    tells: nth % 3 === 0 ? [...TELLS] : [TELLS[(nth + mth) % TELLS.length] ?? 'links'],
  })),
);
/** Those that run the whole suite here; each format and way of paging once, where a sign-in has a session too. */
const TRIED = ['new-session-json', 'new-oauth2-json', 'new-query-token-json', 'new-none-csv', 'new-session-xml'];

let root: string;
const inCopy = (program: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules', program), ...args],
    { cwd: root, encoding: 'utf8' },
  );
  return { status, said: `${stdout}${stderr}` };
};

/** Has connectors of the copy run their whole suite; `more` is text of further tests. */
function runSuite(ids: readonly string[], more = ''): void {
  mkdirSync(join(root, 'test/new'), { recursive: true });
  const text = `import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { standIns } from '../../connectors/stand-ins.ts';
import { connectorCases } from '../../connectors/testkit/connector-suite.ts';
import { createSubjectOf } from '../connectors/support/sandbox-subject.ts';
for (const standIn of standIns.filter(({ connector }) => ${JSON.stringify(ids)}.includes(connector))) {
  describe(standIn.connector, () => {
    let current: Awaited<ReturnType<typeof createSubjectOf>>;
    beforeAll(async () => { current = await createSubjectOf(standIn); });
    afterAll(() => current.sandbox.stop());
    for (const { name, run } of connectorCases(() => current.subject)) test(name, run);
  });
}
${more}`;
  writeFileSync(join(root, 'test/new/suite.test.ts'), text);
  const jest = ['--globalSetup', '', '--globalTeardown', '', '--setupFiles', 'reflect-metadata', '--silent'];
  const { status, said } = inCopy('jest/bin/jest.js', 'test/new', ...jest);
  expect([status, status === 0 ? '' : said.slice(0, 6000)]).toEqual([0, '']);
  const cases = ids.length * connectorCases(() => undefined as never).length + (more.match(/^test\(/gm) ?? []).length;
  expect(said).toMatch(new RegExp(`Tests: +${cases} passed`));
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lienthong-new-'));
  for (const folder of COPIED) cpSync(join(ROOT, folder), join(root, folder), { recursive: true });
  for (const file of FILES) cpSync(join(ROOT, file), join(root, file));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('connector new', () => {
  test('makes one for every way of signing in and every format', async () => {
    for (const { id, signIn, format, paging, tells } of made) {
      const options = ['--sign-in', signIn, '--format', format, '--paging', paging, '--title', `Thử ${id}`];
      const args = ['connector', 'new', id, '--root', root, ...options, '--tells', ...tells];
      const { code, out, err } = await runCommand(args);
      expect([id, code, code === 0 ? '' : err]).toEqual([id, 0, '']);
      expect(out.split('\n')).toContain(`connectors/${id}/connector.ts`);
    }
    const list = readFileSync(join(root, 'connectors/stand-ins.ts'), 'utf8');
    for (const { id } of made) expect(list).toContain(`'./${id}/sandbox.ts'`);
  }, 120_000);

  test('what it makes keeps to the types', () => {
    const config = { extends: './tsconfig.json', include: ['connectors'] };
    writeFileSync(join(root, 'tsconfig.new.json'), JSON.stringify(config));
    expect(inCopy('typescript/bin/tsc', '-p', 'tsconfig.new.json')).toEqual({ status: 0, said: '' });
  }, 120_000);

  test('what it makes is formatted and has nothing to lint', () => {
    const paths = ['connectors/index.ts', 'connectors/stand-ins.ts', ...made.map(({ id }) => `connectors/${id}`)];
    const { status, said } = inCopy('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', ...paths);
    expect([status, status === 0 ? '' : said]).toEqual([0, '']);
  }, 60_000);

  test('what it makes passes the suite as it is', () => {
    runSuite(TRIED);
  }, 240_000);

  test.each([
    ['an id that is there', ['vnpt', '--yes'], /vnpt is there already/, 1],
    ['an id that is there, before it asks anything', ['vnpt'], /vnpt is there already/, 1],
    ['an id whose name in code is taken', ['songda-10', '--yes'], /has a songda10Connector already/, 1],
    ['an id that is none', ['Ví dụ', '--yes'], /is no id: write lower case/, 2],
    ['a path', ['../evil', '--yes'], /is no id/, 2],
    ['the id of a part of the house', ['testkit', '--yes'], /means something else/, 2],
    ['a title that would end its text', ['quoted', '--yes', '--title', "it's"], /without quotes/, 2],
    ['pages of a file', ['paged', '--yes', '--format', 'csv', '--paging', 'page'], /take --paging single/, 2],
    ['nothing to go by, and nobody to ask', ['silent'], /Say --title/, 2],
    ['a sign-in that is none', ['odd', '--yes', '--sign-in', 'magic'], /Allowed choices are/, 2],
  ])('refuses %s', async (_name, args, message, code) => {
    const before = readFileSync(join(root, 'connectors/index.ts'), 'utf8');
    const refused = await runCommand(['connector', 'new', ...args, '--root', root]);
    expect(refused).toMatchObject({ code, err: expect.stringMatching(message) });
    expect(readFileSync(join(root, 'connectors/index.ts'), 'utf8')).toBe(before);
  });

  test.each(['connectors/half/mapping.ts', 'connectors/index.ts', 'connectors/stand-ins.ts'])(
    'leaves nothing where %s cannot be written',
    async (path) => {
      const lists = () =>
        ['index', 'stand-ins'].map((name) => readFileSync(join(root, `connectors/${name}.ts`), 'utf8'));
      const before = lists();
      const plan = {
        id: 'half',
        title: 'Half',
        vendor: 'HALF',
        signIn: 'none',
        format: 'json',
        paging: 'single',
      } as const;
      const write = async (file: string, text: string) => {
        writeFileSync(file, text.slice(0, 20));
        if (file.endsWith(path)) throw new Error('the disk is full');
      };
      await expect(writeConnector(root, { ...plan, tells: ['links'] }, write)).rejects.toThrow('the disk is full');
      expect(existsSync(join(root, 'connectors/half'))).toBe(false);
      expect(lists()).toEqual(before);
    },
  );

  test.each([
    ['says that the hub would reject a vendor that it does not know, and where to add it', 'KB', 'deployments', true],
    ['says nothing of a vendor that is known', 'VNPOST', 'health', false],
    ['says nothing of the vendor of connections, which is not told', 'KB', 'links', false],
  ])('%s', async (_name, vendor, tells, isHinted) => {
    const id = `of-${vendor.toLowerCase()}-${tells}`;
    const args = ['connector', 'new', id, '--yes', '--vendor', vendor, '--tells', tells, '--root', root];
    const { code, err } = await runCommand(args);
    expect([code, err.includes('add it to "vendors" in seeds/data/deployments.json')]).toEqual([0, isHinted]);
    expect(err.includes(`no vendor ${vendor} yet`)).toBe(isHinted);
  });

  test('points to its own help', async () => {
    expect((await runCommand(['connector', 'new', 'odd', '--colour'])).err).toContain('lienthong connector new --help');
    expect((await runCommand(['frobnicate'])).err).toContain('(lienthong --help');
  });
});

/** A test that runs the commands of the guide's step 6, against a vendor at another address than its own. */
function asTheGuideAsks(guide: string, address: string): string {
  const [, step = ''] = /^## 6\.(.*?)^## 7\./ms.exec(guide) ?? [];
  const [, exported = ''] = /^export (.+)$/m.exec(step) ?? [];
  const commands = [...step.matchAll(/^npx lienthong (.+)$/gm)].map(([, command]) => command);
  const [, assigned = '', again = ''] = /`(\S+=\S+) npx lienthong (.+?)`/.exec(step) ?? [];
  const variables = (text: string) => Object.fromEntries(text.split(' ').map((one) => one.split('=')));
  const { SOURCES = '', ...env } = variables(exported);
  const file = readFileSync(join(ROOT, SOURCES), 'utf8');
  const at = (name: string, baseUrl: string): string => {
    writeFileSync(join(root, name), file.replace(/http:\/\/127[^"]+/, baseUrl));
    return join(root, name);
  };
  const here = { ...env, SOURCES: at('vendor.json', address) };
  const wrong = { ...here, ...variables(assigned) };
  const away = { ...here, SOURCES: at('away.json', 'http://127.0.0.1:1') };
  return `import { runCommandLine } from '../../src/cli/run-command-line.ts';
test('is asked with the commands of the guide, which say what is wrong', async () => {
  const run = async (command: string, env: Record<string, string>) => {
    let said = '';
    const say = (line: string) => { said += line + '\\n'; };
    const signal = new AbortController().signal;
    const code = await runCommandLine(command.split(' '), { out: say, note: say, isInteractive: false, env, signal });
    return [code, said];
  };
  const commands = ${JSON.stringify(commands)};
  expect(commands).toHaveLength(2);
  expect(await run(commands[0], ${JSON.stringify(here)})).toEqual([0, expect.stringMatching(/^vnpost: works\\./m)]);
  const read = /12 observations from 4 records on 2 pages, 3 requests, 0 rejected\\. Nothing was stored\\./;
  expect(await run(commands[1], ${JSON.stringify(here)})).toEqual([0, expect.stringMatching(read)]);
  const refused = /^vnpost: UPSTREAM_CONFIGURATION\\. The upstream refuses the credentials; check /m;
  expect(await run(${JSON.stringify(again)}, ${JSON.stringify(wrong)})).toEqual([1, expect.stringMatching(refused)]);
  const gone = /^vnpost: UPSTREAM_TRANSIENT\\. The upstream cannot be reached/m;
  expect(await run(commands[0], ${JSON.stringify(away)})).toEqual([1, expect.stringMatching(gone)]);
}, 60_000);
`;
}

describe('the vendor of the guide', () => {
  const EXAMPLE = join(ROOT, 'docs/examples/vnpost');
  let upstream: ChildProcess;
  afterAll(() => void upstream?.kill());

  test('is read by what the guide has one write, which passes types, lint and suite', async () => {
    const guide = readFileSync(join(ROOT, 'docs/add-a-connector.md'), 'utf8');
    const [, command = ''] = /npx lienthong (connector new vnpost .*)$/m.exec(guide) ?? [];
    // Whoever follows the guide has made it already.
    if (!existsSync(join(root, 'connectors/vnpost'))) {
      expect(await runCommand([...command.split(' '), '--root', root])).toMatchObject({ code: 0 });
    }
    for (const file of ['connector', 'contract', 'mapping', 'sandbox']) {
      cpSync(join(EXAMPLE, `${file}.ts.txt`), join(root, `connectors/vnpost/${file}.ts`));
    }
    expect(inCopy('typescript/bin/tsc', '-p', 'tsconfig.new.json')).toEqual({ status: 0, said: '' });
    const linted = inCopy('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', 'connectors/vnpost');
    expect([linted.status, linted.status === 0 ? '' : linted.said]).toEqual([0, '']);

    upstream = spawn(process.execPath, [join(EXAMPLE, 'upstream.mjs')], { env: { PORT: '0' } });
    const [line] = (await once(upstream.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    const [address = ''] = /http:\S+/.exec(String(line)) ?? [];
    runSuite(
      ['vnpost'],
      `import { vnpostConnector } from '../../connectors/vnpost/connector.ts';
import { createSharedState } from '../../connectors/kit/shared-state.ts';
import { readAll } from '../../connectors/testkit/read-all.ts';
test('reads the vendor itself', async () => {
  const shared = createSharedState();
  const clock = { now: () => new Date() };
  const { error, rejections, observations } = await readAll(vnpostConnector, {
    source: { id: 'vnpost', config: { baseUrl: '${address}' } }, credentials: { username: 'hub', password: 'bi-mat' },
    checkpoints: {}, clock, domainClock: clock, random: Math.random, signal: new AbortController().signal, shared,
  });
  shared.close();
  expect([error, rejections]).toEqual([undefined, []]);
  expect(observations).toHaveLength(12);
  expect(observations[1]).toMatchObject({ attributes: { note: 'Đã vận hành'.normalize('NFC') } });
});
${asTheGuideAsks(guide, address)}`,
    );
  }, 120_000);
});
