import { afterAll, beforeAll, describe, test } from '@jest/globals';
import type { Sandbox } from '../../connectors/sandbox.ts';
import { connectorCases, type SuiteSubject } from '../../connectors/testkit/connector-suite.ts';
import { createSubject } from './support/sandbox-subject.ts';

describe('connector lgsp-wso2', () => {
  let subject: SuiteSubject;
  let sandbox: Sandbox;
  beforeAll(async () => {
    ({ subject, sandbox } = await createSubject('lgsp-01', '2025-06-27T12:15:00+07:00', [
      'session-dies',
      'page-repeated',
      'endless-next',
    ]));
  });
  afterAll(() => sandbox.stop());

  for (const { name, run } of connectorCases(() => subject)) test(name, run);
});
