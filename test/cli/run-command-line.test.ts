import { describe, expect, test } from '@jest/globals';
import { describeOptions } from '../../src/config/index.ts';
import { runCommand } from './recording-terminal.ts';

describe('help suffices', () => {
  test('it names every command, every option of the environment, every exit code, and gives examples', async () => {
    const { code, out } = await runCommand(['--help']);
    expect(code).toBe(0);
    for (const command of [
      'start',
      'migrate',
      'sources',
      'source',
      'replay',
      'check',
      'read',
      'sync',
      'tail',
      'query',
      'keys',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    for (const { name } of describeOptions()) expect(out).toContain(name);
    expect(out).toMatch(/Exit codes:\n {2}0 done/);
    expect(out).toMatch(/Examples:\n {2}lienthong start/);
  });

  test.each(['tail', 'query', 'keys', 'sync', 'sources', 'source', 'replay'])('%s has its own', async (command) => {
    const { code, out } = await runCommand([command, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`lienthong ${command}`);
  });
});

describe('what cannot be meant is exit code 2, with what would do', () => {
  const mistakes: Array<[string, string[], Record<string, string>, RegExp]> = [
    ['an unknown command', ['tial'], {}, /unknown command 'tial'/],
    ['an unknown option', ['tail', '--nonsense'], {}, /unknown option '--nonsense'/],
    ['a missing argument', ['sync'], {}, /missing required argument 'source'/],
    ['a count that is none', ['tail', '--count', 'many'], {}, /whole number above 0/],
    ['a role that is none', ['keys', 'create', '--name', 'a', '--role', 'king'], {}, /viewer, operator, source, admin/],
    ['an address that is none', ['query', '{ a }', '--url', 'here'], {}, /--url here is no address/],
    ['variables that are no object', ['query', '{ a }', '--variables', '[1]'], {}, /JSON object/],
    ['no document', ['query'], {}, /Say what to ask/],
    ['a file that is not there', ['query', 'nowhere.graphql'], {}, /no ready-made question. Ready-made are: /],
    [
      'several mistakes in the environment',
      ['sources'],
      { PORT: 'x', ROLE: 'king' },
      /2 mistakes:\n- PORT .*\n- ROLE /,
    ],
    ['a worker without a database', ['start'], { ROLE: 'worker' }, /set DATABASE_URL/],
    ['nothing to read', ['check', 'vnpt'], { SANDBOX: 'off' }, /set SOURCES/],
    [
      'a file of sources that is not there',
      ['check', 'vnpt'],
      { SOURCES: '/nowhere.json' },
      /cannot be read \(ENOENT\)/,
    ],
  ];
  test.each(mistakes)('%s', async (_name, args, env, message) => {
    expect(await runCommand(args, env)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });
});

test('where no hub answers it is exit code 3', async () => {
  const env = { PORT: '1' };
  expect(await runCommand(['query', '{ a }'], env)).toMatchObject({
    code: 3,
    err: expect.stringMatching(/No hub answers/),
  });
  expect(await runCommand(['tail'], env)).toMatchObject({ code: 3 });
});

test('with --json an error is JSON as well', async () => {
  const { err } = await runCommand(['query', '{ a }', '--json'], { PORT: '1' });
  expect(JSON.parse(err)).toMatchObject({ error: { code: 'UNAVAILABLE', retryable: true } });
});
