import assert from 'node:assert/strict';
import type { ConnectorContext } from '../kit/connector.ts';
import { ConnectorError } from '../kit/connector-error.ts';
import type { FaultName } from '../kit/sandbox/faults.ts';
import { onBench, type SuiteSubject } from './suite-bench.ts';

const FAULTS: readonly (FaultName | 'none')[] = [
  'none',
  '401',
  '403',
  '500',
  'html',
  'reset',
  'type-change',
  'error-inside',
  'session-dies',
];

/**
 * Neither a credential nor a session that was got with it stands in a log line, an error, an observation, a rejection, a
 * checkpoint, or an answer that is kept.
 */
export async function secretCase(subject: SuiteSubject): Promise<void> {
  const isAsked = subject.connector.spec().streams.length > 0;
  for (const fault of isAsked ? FAULTS : (['none'] as const)) {
    if (fault !== 'none') subject.control.addFault({ upstream: subject.upstream, fault, nth: 1, times: 1000 });
    const told = await onBench(subject, {}, async ({ context, log }) => {
      const kept = await everythingKept(subject, context);
      return `${kept} ${JSON.stringify(await subject.connector.check(context))} ${log.join()}`;
    });
    const isTold = (secret: string): boolean =>
      [secret, encodeURIComponent(secret)].some((form) => told.includes(form));
    for (const secret of Object.values(subject.credentials)) {
      assert.ok(!isTold(secret), `a credential is told under ${fault}`);
    }
    for (const token of subject.issuedTokens()) assert.ok(!isTold(token), `a session is told under ${fault}`);
  }
}

/** All that a hub would store or show of a run, as one text. */
async function everythingKept({ connector }: SuiteSubject, context: ConnectorContext): Promise<string> {
  const kept: string[] = [];
  try {
    for await (const { raw, ...page } of connector.read(context)) {
      kept.push(JSON.stringify(page));
      if (!raw) continue;
      const { body, ...rest } = raw;
      kept.push(JSON.stringify(rest), (await body.buffer()).toString());
    }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    kept.push(error.message, error.userMessage, String(error.stack));
  }
  return kept.join(' ');
}
