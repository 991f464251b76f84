import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { findPackageRoot } from '../../../seeds/package-root.ts';
import { BadUserInputError } from '../../errors/index.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { HubUnreachableError, hubKey, hubUrl, urlOption } from '../hub-address.ts';
import type { CommandParts } from '../program.ts';
import type { Terminal } from '../terminal.ts';

interface QueryOptions {
  readonly url?: string;
  readonly variables?: string;
  readonly operation?: string;
  readonly list?: boolean;
  readonly json?: boolean;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: ReadonlyArray<{ message: string; extensions?: { code?: string } }>;
}

const TIMEOUT_MS = 60_000;
const OPERATIONS = join('schema', 'operations');

/** `lienthong query`: a GraphQL document, a file with one, or a ready-made question by its name. */
export function queryCommand({ terminal, exitWith }: CommandParts): Command {
  return new Command('query')
    .description('ask the hub and print the answer as JSON')
    .argument('[what]', 'a document in quotes, the path of a file, or a name of --list')
    .addOption(urlOption())
    .option('--variables <json>', 'values of the variables, as a JSON object')
    .option('--operation <name>', 'which operation, where the document has several')
    .option('--list', 'list the ready-made questions')
    .option('--json', 'on one line')
    .addHelpText('after', `\nExamples:\n  lienthong query '{ clock { now } }'\n  lienthong query --list`)
    .action(async (what: string | undefined, options: QueryOptions) => {
      if (options.list) {
        for (const name of await readyMade()) terminal.out(name);
        return;
      }
      if (what === undefined) throw new BadUserInputError('Say what to ask: a document, a file or a name of --list.');
      const variables = parseVariables(options.variables);
      const answer = await ask(terminal, options, { query: await findDocument(what), variables });
      if (answer.data !== undefined && answer.data !== null) {
        terminal.out(JSON.stringify(answer.data, null, options.json ? 0 : 2));
      }
      for (const { message, extensions } of answer.errors ?? []) {
        terminal.note(options.json ? JSON.stringify({ message, extensions }) : `error: ${message}`);
      }
      if (answer.errors?.length) exitWith(exitCodeFor(answer));
    });
}

function exitCodeFor({ data, errors }: Answer): number {
  if (data !== undefined && data !== null) return EXIT.partial;
  const code = exitCodeOf(
    (errors?.[0]?.extensions?.code ?? 'INTERNAL_SERVER_ERROR') as Parameters<typeof exitCodeOf>[0],
  );
  return code === EXIT.interrupted ? EXIT.failure : code;
}

async function ask(terminal: Terminal, options: QueryOptions, request: object): Promise<Answer> {
  const url = hubUrl(terminal, options.url);
  const key = hubKey(terminal);
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ ...request, ...(options.operation && { operationName: options.operation }) }),
    signal: AbortSignal.any([terminal.signal, AbortSignal.timeout(TIMEOUT_MS)]),
  }).catch((cause) => {
    throw new HubUnreachableError(url, { cause });
  });
  const text = await response.text();
  try {
    return JSON.parse(text) as Answer;
  } catch (cause) {
    throw new HubUnreachableError(`${url}/graphql (HTTP ${response.status}, and no GraphQL)`, { cause });
  }
}

/** A document as it is, the text of a file, or a ready-made question. */
async function findDocument(what: string): Promise<string> {
  if (what.includes('{')) return what;
  const names = await readyMade();
  const path = names.includes(what) ? join(findPackageRoot(), OPERATIONS, `${what}.graphql`) : what;
  return readFile(path, 'utf8').catch((cause) => {
    const known = names.length > 0 ? ` Ready-made are: ${names.join(', ')}.` : '';
    throw new BadUserInputError(`"${what}" is no document, no file and no ready-made question.${known}`, {}, { cause });
  });
}

async function readyMade(): Promise<string[]> {
  const files = await readdir(join(findPackageRoot(), OPERATIONS)).catch(() => []);
  return files
    .filter((file) => file.endsWith('.graphql'))
    .map((file) => file.slice(0, -'.graphql'.length))
    .sort();
}

function parseVariables(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below, together with the other ways to be wrong.
  }
  throw new BadUserInputError(`--variables has to be a JSON object, e.g. '{"province":"01"}'.`);
}
