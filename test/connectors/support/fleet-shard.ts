import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { connectors } from '../../../connectors/index.ts';
import { standIns } from '../../../connectors/stand-ins.ts';
import { connectorCases } from '../../../connectors/testkit/connector-suite.ts';
import { pushCases } from '../../../connectors/testkit/push-cases.ts';
import { createPushSubject } from './push-subject.ts';
import { createSubjectOf, type SubjectInSandbox } from './sandbox-subject.ts';

/** Files that share the fleet between them, so that they run side by side. */
export const SHARDS = 8;

/** The inherited suite of every connector whose place in the list falls to this shard, counted from 0. */
export function describeShard(shard: number): void {
  const mine = standIns.filter((_, index) => index % SHARDS === shard);
  for (const standIn of mine) {
    describe(`connector ${standIn.connector}`, () => {
      let current: SubjectInSandbox;
      beforeAll(async () => {
        current = await createSubjectOf(standIn);
      });
      afterAll(() => current.sandbox.stop());

      const connector = connectors.get(standIn.connector);
      const isAsked = (connector?.spec().streams.length ?? 0) > 0;
      const cases = [
        ...connectorCases(() => current.subject, isAsked),
        ...(connector?.push ? pushCases(() => createPushSubject(standIn, current)) : []),
      ];
      for (const { name, run } of cases) test(name, run);
    });
  }
}
