import { createDefaultSources } from '../../../connectors/default-sources.ts';
import { connectors } from '../../../connectors/index.ts';
import { type Sandbox, startSandbox } from '../../../connectors/sandbox.ts';
import type { SuiteSubject } from '../../../connectors/testkit/connector-suite.ts';

/** A sandbox whose clock stands at a moment, and one of its sources as the subject of the inherited suite. */
export async function createSubject(
  sourceId: string,
  at: string,
  unmoved: SuiteSubject['unmoved'],
): Promise<{ subject: SuiteSubject; sandbox: Sandbox }> {
  const domainClock = { now: () => new Date(at) };
  const sandbox = await startSandbox({ port: 0, clock: domainClock, seed: 2025 });
  const source = createDefaultSources(sandbox).sources.find(({ id }) => id === sourceId);
  const connector = source && connectors.get(source.connector);
  if (!source || !connector) throw new Error(`no source ${sourceId}`);
  const credentials = Object.entries(source.credentials).map(([name, variable]) => [
    name,
    sandbox.credentials[variable] ?? '',
  ]);
  const subject: SuiteSubject = {
    connector,
    upstream: sourceId,
    config: source.config,
    credentials: Object.fromEntries(credentials),
    domainClock,
    control: sandbox.control,
    unmoved,
  };
  return { subject, sandbox };
}
