import { createDefaultSources } from '../../../connectors/default-sources.ts';
import { connectors } from '../../../connectors/index.ts';
import type { StandIn } from '../../../connectors/kit/sandbox/stand-in.ts';
import { type Sandbox, startSandbox } from '../../../connectors/sandbox.ts';
import type { SuiteSubject } from '../../../connectors/testkit/connector-suite.ts';
import { loadProvinces } from '../../../seeds/facts.ts';

export interface SubjectInSandbox {
  readonly subject: SuiteSubject;
  readonly sandbox: Sandbox;
}

/** A sandbox whose clock stands at a moment, and one of its sources as the subject of the inherited suite. */
export async function createSubject(
  sourceId: string,
  at: string,
  unmoved: SuiteSubject['unmoved'],
): Promise<SubjectInSandbox> {
  let now = new Date(at);
  let tokens = 0;
  const domainClock = { now: () => now };
  const issued: string[] = [];
  const createToken = (): string => {
    const token = `issued-token-${++tokens}-of-${sourceId}`;
    issued.push(token);
    return token;
  };
  const sandbox = await startSandbox({ port: 0, clock: domainClock, seed: 2025, createToken });
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
    at,
    domainClock,
    setTime: (moment) => {
      now = moment;
    },
    issuedTokens: () => issued,
    control: sandbox.control,
    unmoved,
  };
  return { subject, sandbox };
}

/** The subject that a stand-in names for the suite. */
export async function createSubjectOf({ accounts, suite }: StandIn): Promise<SubjectInSandbox> {
  const [first] = accounts(loadProvinces().provinces);
  const { subject, sandbox } = await createSubject(suite.account ?? first?.id ?? '', suite.at, suite.unmoved);
  const { repeats = false, keyOf, habits = [] } = suite;
  return { subject: { ...subject, repeats, keyOf, habits }, sandbox };
}
