import { loadProvinces } from '../seeds/facts.ts';
import type { SandboxSender } from './kit/sandbox/sender.ts';
import type { SandboxAccount, StandIn } from './kit/sandbox/stand-in.ts';
import { standIns } from './stand-ins.ts';

/** A source of the sandbox with what stands in for its upstream. */
export interface SandboxSource extends SandboxAccount {
  readonly standIn: StandIn;
}

/** Every source of the sandbox. */
export function sandboxSources(): SandboxSource[] {
  const { provinces } = loadProvinces();
  return standIns.flatMap((standIn) => standIn.accounts(provinces).map((account) => ({ ...account, standIn })));
}

/** Everybody who pushes to the hub in the sandbox. `credentials` by environment name. */
export function sandboxSenders(credentials: Readonly<Record<string, string>>, seed: number): SandboxSender[] {
  const { provinces } = loadProvinces();
  return sandboxSources().flatMap(
    ({ standIn, ...account }) => standIn.senders?.(account, secretsOf(account, credentials), { seed }, provinces) ?? [],
  );
}

/** The secrets of an account by the connector's names for them. */
export function secretsOf(
  { credentials }: SandboxAccount,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(credentials).map(([name, variable]) => [name, values[variable] ?? '']));
}
