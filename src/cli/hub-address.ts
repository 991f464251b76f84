import { Option } from 'commander';
import { loadConfig } from '../config/index.ts';
import { BadUserInputError, HubError } from '../errors/index.ts';
import type { Terminal } from './terminal.ts';

/** No hub answers at the address. */
export class HubUnreachableError extends HubError {
  override readonly code = 'UNAVAILABLE';
  override readonly retryable = true;

  constructor(url: string, options?: { cause?: unknown }) {
    super(`No hub answers at ${url}. Start one with npm start, or say where it is with --url.`, options);
  }
}

export const urlOption = () => new Option('--url <url>', 'address of the hub; default http://HOST:PORT');

/** The hub that a command talks to, without a slash at the end. */
export function hubUrl(terminal: Terminal, url: string | undefined): string {
  if (url === undefined) {
    const { host, port } = loadConfig(terminal.env);
    const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new BadUserInputError(`--url ${url} is no address; write e.g. http://127.0.0.1:4000`);
  }
  return url.replace(/\/+(graphql\/?)?$/, '');
}

/** The key of LIENTHONG_KEY; not an argument, which others on the machine could read. */
export function hubKey(terminal: Terminal): string | undefined {
  return terminal.env.LIENTHONG_KEY || undefined;
}
