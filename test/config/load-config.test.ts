import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  describeOptions,
  type Environment,
  loadConfig,
  optionsAsMarkdown,
  optionsAsText,
} from '../../src/config/index.ts';
import { ConfigurationError } from '../../src/errors/index.ts';

function problemsOf(env: Environment): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.details.problems as string[];
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  test('of an empty environment is a hub for one machine, frozen', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      databaseUrl: undefined,
      redisUrl: undefined,
      sourcesFile: undefined,
      dataDir: '.data',
      sandbox: true,
      sandboxSpeed: 1440,
      role: 'all',
      logLevel: 'info',
      anonymous: true,
      limits: { maxPageSize: 500, maxPendingBytes: 1_048_576 },
    });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.limits)).toBe(true);
  });

  test.each([
    [
      'the sandbox is off where sources are given',
      { SOURCES: 'sources.json' },
      { sandbox: false, sourcesFile: 'sources.json' },
    ],
    ['and in production', { NODE_ENV: 'production' }, { sandbox: false }],
    ['unless asked for beside sources', { SOURCES: 'sources.json', SANDBOX: 'on' }, { sandbox: true }],
    ['an empty variable counts as not set', { PORT: '', SANDBOX: ' ' }, { port: 4000, sandbox: true }],
    ['a speed may be a fraction', { SANDBOX_SPEED: '0.5' }, { sandboxSpeed: 0.5 }],
    ['a free port may be asked for', { PORT: '0' }, { port: 0 }],
    ['another address is fine with keys', { HOST: '0.0.0.0', ANONYMOUS: 'off' }, { host: '0.0.0.0', anonymous: false }],
    ['loopback has several names', { HOST: 'localhost' }, { host: 'localhost' }],
    ['also the one of IPv6', { HOST: '::1' }, { host: '::1' }],
    [
      'a worker answers nobody',
      { HOST: '0.0.0.0', ROLE: 'worker', DATABASE_URL: 'postgres://h/d' },
      { role: 'worker' },
    ],
  ])('%s', (_case, env, expected) => {
    expect(loadConfig(env)).toMatchObject(expected);
  });

  test.each([
    ['a port that is no number', { PORT: 'http' }, /^PORT must be a whole number from 0 to 65535\.$/],
    ['a port out of range', { PORT: '65536' }, /^PORT must/],
    ['a number in another notation', { MAX_COST: '1e3' }, /^MAX_COST must/],
    ['a switch that is neither on nor off', { SANDBOX: 'yes' }, /^SANDBOX must be on or off\.$/],
    ['a role that there is not', { ROLE: 'api' }, /^ROLE must be one of all, gateway, worker\.$/],
    ['a speed of nothing', { SANDBOX_SPEED: '0' }, /^SANDBOX_SPEED must/],
    ['an address of another protocol', { REDIS_URL: 'http://x' }, /^REDIS_URL must .*redis:\/\/ or rediss:\/\//],
    ['reading without a key beyond this machine', { HOST: '0.0.0.0' }, /ANONYMOUS=off .*HOST=127\.0\.0\.1/],
    ['the sandbox in production', { NODE_ENV: 'production', SANDBOX: 'on' }, /SOURCES/],
    ['a worker without a shared database', { ROLE: 'worker' }, /DATABASE_URL/],
  ])('refuses %s', (_case, env, message) => {
    expect(problemsOf(env)).toEqual([expect.stringMatching(message)]);
  });

  test('tells every mistake at once, and repeats no value', () => {
    const problems = problemsOf({
      PORT: '-1',
      DATABASE_URL: 'mysql://user:hidden@h',
      LOG_LEVEL: 'loud',
      HOST: '10.0.0.1',
    });
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toContain('hidden');
  });
});

describe('the options', () => {
  test('each say their default and why they exist', () => {
    for (const { name, why } of describeOptions()) {
      expect({ name, why }).toMatchObject({
        name: expect.stringMatching(/^[A-Z_]+$/),
        why: expect.stringMatching(/\.$/),
      });
      expect(optionsAsText()).toContain(name);
    }
  });

  test('stand in docs/options.md as they are', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/options.md'), 'utf8');
    expect(page).toContain(optionsAsMarkdown());
  });
});
