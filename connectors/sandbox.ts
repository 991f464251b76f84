import { randomBytes } from 'node:crypto';
import { loadProvinces } from '../seeds/facts.ts';
import { createDvcqgSandbox } from './dvcqg/sandbox.ts';
import { createKhcnSandbox } from './khcn/sandbox.ts';
import type { Clock } from './kit/index.ts';
import type { Fault } from './kit/sandbox/faults.ts';
import { type SandboxControl, startSandboxServer } from './kit/sandbox/server.ts';
import type { SandboxDependencies, SandboxUpstream } from './kit/sandbox/upstream.ts';
import { createLgspSandbox } from './lgsp-wso2/sandbox.ts';
import { createPartyOperationsSandbox } from './party-operations/sandbox.ts';
import { type SandboxAccount, sandboxAccounts } from './sandbox-accounts.ts';
import { createVnptSandbox } from './vnpt/sandbox.ts';

export interface SandboxOptions {
  /** Default 127.0.0.1. The sandbox is made for loopback: its control endpoint asks for no key. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
  /** The time that the stand-ins live in. */
  readonly clock: Clock;
  /** Decides everything that no document says. */
  readonly seed: number;
  readonly faults?: readonly Fault[];
  /** Values by environment name, e.g. of an earlier start; those that are missing are made. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Stops the sandbox. */
  readonly signal?: AbortSignal;
}

export interface Sandbox {
  /** E.g. `http://127.0.0.1:40123`. */
  readonly address: string;
  /** By source id. */
  readonly baseUrls: Readonly<Record<string, string>>;
  /** By environment name. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly control: SandboxControl;
  stop(): Promise<void>;
}

/** Starts the stand-ins of all upstreams on one port, each under its own path. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const accounts = sandboxAccounts(loadProvinces().provinces.map(({ code }) => code));
  const credentials = completeCredentials(accounts, options.credentials ?? {});
  const dependencies = { seed: options.seed, createToken: createSecret };
  const server = await startSandboxServer({
    host: options.host ?? '127.0.0.1',
    port: options.port,
    clock: options.clock,
    upstreams: accounts.map((account) => createUpstream(account, credentials, dependencies)),
  });
  for (const fault of options.faults ?? []) server.control.addFault(fault);
  const stop = async (): Promise<void> => {
    options.signal?.removeEventListener('abort', stop);
    await server.stop();
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) await stop();
  return {
    address: server.address,
    baseUrls: Object.fromEntries(accounts.map(({ id, path }) => [id, server.address + path])),
    credentials,
    control: server.control,
    stop,
  };
}

const createSecret = (): string => randomBytes(24).toString('base64url');

function completeCredentials(
  accounts: readonly SandboxAccount[],
  known: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = accounts.flatMap((account) => Object.values(account.credentials));
  return Object.freeze(Object.fromEntries(names.map((name) => [name, known[name] ?? createSecret()])));
}

function createUpstream(
  account: SandboxAccount,
  secrets: Readonly<Record<string, string>>,
  dependencies: SandboxDependencies,
): SandboxUpstream {
  const of = (name: string): string => secrets[account.credentials[name] ?? ''] ?? '';
  switch (account.connector) {
    case 'khcn':
      return createKhcnSandbox(dependencies, { apiKey: of('apiKey') });
    case 'lgsp-wso2':
      return createLgspSandbox(account.province ?? '', dependencies, {
        consumerKey: of('consumerKey'),
        consumerSecret: of('consumerSecret'),
      });
    case 'dvcqg':
      return createDvcqgSandbox(dependencies, { username: of('username'), password: of('password') });
    case 'party-operations':
      return createPartyOperationsSandbox({ apiKey: of('apiKey') });
    default:
      return createVnptSandbox(dependencies, { clientId: of('clientId'), clientSecret: of('clientSecret') });
  }
}
