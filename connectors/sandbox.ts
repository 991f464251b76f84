import { randomBytes } from 'node:crypto';
import type { Clock } from './kit/index.ts';
import type { Fault } from './kit/sandbox/faults.ts';
import { type SandboxControl, startSandboxServer } from './kit/sandbox/server.ts';
import type { SandboxDependencies, SandboxUpstream } from './kit/sandbox/upstream.ts';
import { type SandboxSource, sandboxSources, secretsOf } from './sandbox-accounts.ts';

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
  /** Gives a new session or token; default a random text. */
  readonly createToken?: () => string;
  /** How much faster than the real time the clock runs. Default 1. */
  readonly speed?: number;
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
  const accounts = sandboxSources();
  const credentials = completeCredentials(accounts, options.credentials ?? {});
  const dependencies = {
    seed: options.seed,
    createToken: options.createToken ?? createSecret,
    clockSpeed: options.speed ?? 1,
  };
  const server = await startSandboxServer({
    host: options.host ?? '127.0.0.1',
    port: options.port,
    clock: options.clock,
    pushOnly: accounts.filter(({ standIn }) => !standIn.create).map(({ id }) => id),
    upstreams: accounts.flatMap((account) => createUpstream(account, credentials, dependencies) ?? []),
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
  accounts: readonly SandboxSource[],
  known: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = accounts.flatMap((account) => Object.values(account.credentials));
  return Object.freeze(Object.fromEntries(names.map((name) => [name, known[name] ?? createSecret()])));
}

function createUpstream(
  { standIn, ...account }: SandboxSource,
  credentials: Readonly<Record<string, string>>,
  dependencies: SandboxDependencies,
): SandboxUpstream | undefined {
  return standIn.create?.(account, secretsOf(account, credentials), dependencies);
}
