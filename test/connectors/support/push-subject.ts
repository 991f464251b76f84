import { connectors } from '../../../connectors/index.ts';
import type { StandIn } from '../../../connectors/kit/sandbox/stand-in.ts';
import { sandboxSenders } from '../../../connectors/sandbox-accounts.ts';
import type { PushSubject } from '../../../connectors/testkit/push-cases.ts';
import type { SubjectInSandbox } from './sandbox-subject.ts';

/** The seed of the sandboxes that the suite starts. */
const SEED = 2025;

/** Those who push for a stand-in, with the secrets of the sandbox that it stands in. */
export function createPushSubject(standIn: StandIn, { subject, sandbox }: SubjectInSandbox): PushSubject {
  const connector = connectors.get(standIn.connector);
  const senders = sandboxSenders(sandbox.credentials, SEED).filter(({ source }) => source === subject.upstream);
  if (!connector?.push || senders.length === 0) throw new Error(`nobody pushes for ${standIn.connector}`);
  const { config, credentials, at } = subject;
  return { push: connector.push, senders, config, credentials, at: new Date(at) };
}
