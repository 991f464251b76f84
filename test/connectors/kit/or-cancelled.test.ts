import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { orCancelled } from '../../../connectors/kit/sleep.ts';

const never = new AbortController().signal;

test('gives what the promise gives', async () => {
  expect(await orCancelled(Promise.resolve(1), never)).toBe(1);
  await expect(orCancelled(Promise.reject(new Error('no')), never)).rejects.toThrow('no');
});

// An unhandled rejection fails the test that it happens in, as it ends the process elsewhere.
test.each(['before', 'after'])('a wait that is cancelled %s it begins leaves no failure unhandled', async (when) => {
  const stopping = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  if (when === 'before') stopping.abort();
  const waiting = orCancelled(promise, stopping.signal);
  stopping.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  reject(new Error('the database is closed'));
  await nextTurn();
});
