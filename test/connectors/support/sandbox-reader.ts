import type { ConnectorContext } from '../../../connectors/kit/connector.ts';
import { createSharedState } from '../../../connectors/kit/shared-state.ts';
import { type ReadResult, readAll } from '../../../connectors/testkit/read-all.ts';
import { createVirtualTime } from '../../../connectors/testkit/virtual-time.ts';
import { createBench } from './contexts.ts';
import { createSubject, type SubjectInSandbox } from './sandbox-subject.ts';

export interface SandboxReader extends SubjectInSandbox {
  /** Reads the source once, with the clock at that moment. */
  readAt(at: string, checkpoints?: ConnectorContext['checkpoints']): Promise<ReadResult>;
  stop(): Promise<void>;
}

/** A source of the sandbox, read at moments that the test chooses, with one set of sessions. */
export async function createSandboxReader(sourceId: string): Promise<SandboxReader> {
  const inSandbox = await createSubject(sourceId, '2025-06-27T12:15:00+07:00', []);
  const { subject, sandbox } = inSandbox;
  const { sleep, monotonicMs } = createVirtualTime();
  const shared = createSharedState({ sleep, monotonicMs });
  return {
    ...inSandbox,
    readAt(at, checkpoints = {}) {
      subject.setTime(new Date(at));
      const { config, credentials, domainClock } = subject;
      const overrides = { config: config as never, credentials, domainClock, checkpoints, shared };
      return readAll(subject.connector, createBench('', overrides).context);
    },
    async stop() {
      shared.close();
      await sandbox.stop();
    },
  };
}
