import { describe, expect, test } from '@jest/globals';
import { TokenSlot } from '../../../connectors/kit/auth/token-slot.ts';

const never = new AbortController().signal;

describe('a token slot', () => {
  test('renews once however many ask at once', async () => {
    const slot = new TokenSlot();
    let renewals = 0;
    const renew = async () => ({ value: `t${++renewals}` });
    const tokens = await Promise.all(Array.from({ length: 50 }, () => slot.get(0, renew, never)));
    expect(new Set(tokens.map(({ value }) => value))).toEqual(new Set(['t1']));
  });

  test('renews a token that is expired, and once one that was refused by many', async () => {
    const slot = new TokenSlot();
    let renewals = 0;
    const renew = async () => ({ value: `t${++renewals}`, expiresAtMs: 100 * renewals });
    const first = await slot.get(0, renew, never);
    expect((await slot.get(50, renew, never)).value).toBe('t1');
    expect((await slot.get(100, renew, never)).value).toBe('t2');
    slot.invalidate(first);
    expect((await slot.get(150, renew, never)).value).toBe('t2');
    slot.invalidate(await slot.get(150, renew, never));
    expect((await slot.get(150, renew, never)).value).toBe('t3');
  });

  test('a waiter that is cancelled leaves the renewal to the others', async () => {
    const slot = new TokenSlot();
    const { promise, resolve } = Promise.withResolvers<{ value: string }>();
    const controller = new AbortController();
    const leaving = slot.get(0, () => promise, controller.signal);
    const staying = slot.get(0, () => promise, never);
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ code: 'CANCELLED' });
    resolve({ value: 'ok' });
    expect((await staying).value).toBe('ok');
  });

  test('a renewal that failed is tried again by the next', async () => {
    const slot = new TokenSlot();
    await expect(slot.get(0, () => Promise.reject(new Error('down')), never)).rejects.toThrow('down');
    expect((await slot.get(0, async () => ({ value: 'up' }), never)).value).toBe('up');
  });
});
