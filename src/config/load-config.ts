import { ZodError } from 'zod';
import { ConfigurationError } from '../errors/operation-errors.ts';
import { isLoopback } from '../lib/loopback.ts';
import type { Option } from './option.ts';
import { limitOptions, options } from './options.ts';

type Values<Options extends Record<string, Option<unknown>>> = {
  readonly [Key in keyof Options]: ReturnType<Options[Key]['parse']>;
};
type Optional = 'databaseUrl' | 'redisUrl' | 'sourcesFile';
type Base = Values<typeof options>;

export type Limits = Values<typeof limitOptions>;

/** Everything that the environment decides, checked and frozen. */
export type Config = Omit<Base, Optional> & { readonly [Key in Optional]: Base[Key] | undefined } & {
  readonly limits: Limits;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment, once. An empty variable counts as not set. Throws {@link ConfigurationError} with every mistake
 * at once; values are not repeated in it, since they may be secret.
 */
export function loadConfig(env: Environment): Config {
  const problems: string[] = [];
  const base = readAll(options, withDerivedDefaults(env), problems);
  const limits = readAll(limitOptions, env, problems);
  problems.push(...contradictions(base, env));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return Object.freeze({ ...base, limits: Object.freeze(limits) }) as Config;
}

function withDerivedDefaults(env: Environment): Environment {
  const isOff = Boolean(env.SOURCES) || env.NODE_ENV === 'production';
  return { ...env, SANDBOX: env.SANDBOX?.trim() || (isOff ? 'off' : 'on') };
}

function readAll<Options extends Record<string, Option<unknown>>>(
  table: Options,
  env: Environment,
  problems: string[],
): Partial<Values<Options>> {
  const entries = Object.entries(table).map(([key, option]) => [key, readOne(option, env, problems)]);
  return Object.fromEntries(entries) as Partial<Values<Options>>;
}

function readOne(option: Option<unknown>, env: Environment, problems: string[]): unknown {
  const text = env[option.name]?.trim() || option.default;
  if (text === '') return undefined;
  try {
    return option.parse(text);
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    problems.push(`${option.name} ${error.issues[0]?.message ?? 'is not valid'}.`);
    return undefined;
  }
}

/** Values that are each good and cannot be meant together. */
function contradictions(base: Partial<Base>, env: Environment): string[] {
  const rules: readonly [boolean, string][] = [
    [
      base.host !== undefined && !isLoopback(base.host) && base.anonymous === true && base.role !== 'worker',
      `HOST is not loopback while reading without a key is on: anybody who reaches it could read everything. ` +
        'Set ANONYMOUS=off and give your clients keys (lienthong keys create), or set HOST=127.0.0.1.',
    ],
    [
      base.sandbox === true && env.NODE_ENV === 'production',
      'SANDBOX=on is refused with NODE_ENV=production: its figures are made up. Set SOURCES to the file of your sources.',
    ],
    [
      base.role !== undefined && base.role !== 'all' && base.databaseUrl === undefined,
      'ROLE=gateway and ROLE=worker share one database: set DATABASE_URL, the same for all of them.',
    ],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, message]) => message);
}
