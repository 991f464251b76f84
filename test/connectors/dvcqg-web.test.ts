import { afterEach, describe, expect, test } from '@jest/globals';
import { dvcqgWebConnector } from '../../connectors/dvcqg-web/connector.ts';
import type { Sandbox } from '../../connectors/sandbox.ts';
import type { SuiteSubject } from '../../connectors/testkit/connector-suite.ts';
import { type ReadResult, readAll } from '../../connectors/testkit/read-all.ts';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import type { FactObservation } from '../../schema/observation.ts';
import { coverageAt } from '../../seeds/june/coverage.ts';
import { createBench } from './support/contexts.ts';
import { createSubject } from './support/sandbox-subject.ts';

const AT = '2025-06-27T12:15:00+07:00';

describe('connector dvcqg-web', () => {
  let subject: SuiteSubject;
  let sandbox: Sandbox;
  afterEach(() => sandbox.stop());

  const read = async (checkpoints: Readonly<Record<string, Json>> = {}, hubNow = new Date('2026-01-01T00:00:00Z')) => {
    const { config, credentials, domainClock } = subject;
    const clock = { now: () => hubNow };
    const bench = createBench('', { config: config as never, credentials, domainClock, clock, checkpoints });
    const result = await readAll(dvcqgWebConnector, bench.context);
    bench.shared.close();
    expect([result.error, result.rejections]).toEqual([undefined, []]);
    return { result, waits: bench.time.waits };
  };
  const said = ({ observations }: ReadResult) =>
    (observations as FactObservation[]).map(({ key, attributes, observedAt }) => ({
      ...key,
      ...attributes,
      observedAt,
    }));
  const heldAt = (moment: Date) =>
    coverageAt(moment, 2025).map(({ countedAt, ...row }) => ({ ...row, observedAt: countedAt }));

  test('says of every province and programme what the page of the portal shows', async () => {
    ({ subject, sandbox } = await createSubject('dvcqg-web', AT, []));
    const { result } = await read();
    expect(said(result)).toEqual(heldAt(new Date(AT)));
    expect(result.observations).toHaveLength(34 * 4);
  });

  test('asks once a second, and takes a second page that comes again for the end of the list of agencies', async () => {
    ({ subject, sandbox } = await createSubject('dvcqg-web', AT, []));
    const { waits } = await read();
    // Agencies: two pages, and the second again; coverage: three pages, of which the first says how many rows there are.
    expect(sandbox.control.calls('dvcqg-web')).toEqual({ data: 3 + 3, signIn: 1 });
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(6 * 1000);
  });

  test('enters anew where its cookies are no longer known, and is not told by HTTP 200', async () => {
    ({ subject, sandbox } = await createSubject('dvcqg-web', AT, []));
    sandbox.control.addFault({ upstream: 'dvcqg-web', fault: 'session-dies', nth: 5 });
    const { result } = await read();
    expect(said(result)).toEqual(heldAt(new Date(AT)));
    expect(sandbox.control.calls('dvcqg-web').signIn).toBe(2);
  });

  test('passes on only what moved since the snapshot before, and all of it again after a minute', async () => {
    ({ subject, sandbox } = await createSubject('dvcqg-web', AT, []));
    const first = await read();
    expect(first.result.complete).toEqual(['coverage']);

    const later = new Date(new Date(AT).getTime() + 30 * 60_000);
    subject.setTime(later);
    const second = await read(first.result.checkpoints, new Date('2026-01-01T00:00:30Z'));
    const moved = heldAt(later).filter(({ observedAt }) => observedAt > new Date(AT));
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.length).toBeLessThan(34 * 4);
    expect(said(second.result)).toEqual(moved);
    expect(second.result.complete).toEqual([]);

    const third = await read(second.result.checkpoints, new Date('2026-01-01T00:01:00Z'));
    expect(said(third.result)).toEqual(heldAt(later));
    expect(third.result.complete).toEqual(['coverage']);
  });
});
