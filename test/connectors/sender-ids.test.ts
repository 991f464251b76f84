import { describe, expect, test } from '@jest/globals';
import { sandboxSources } from '../../connectors/sandbox-accounts.ts';
import { loadProvinces } from '../../seeds/facts.ts';

/** Every two hours of the sandbox. */
const MOMENTS = Array.from({ length: 120 }, (_, nth) => new Date(Date.UTC(2025, 5, 24, 17 + 2 * nth)));

describe('a sender that is started again', () => {
  const { provinces } = loadProvinces();
  const senders = sandboxSources().flatMap(({ standIn, ...account }) => {
    const secrets = Object.fromEntries(Object.keys(account.credentials).map((name) => [name, 'secret']));
    return standIn.senders?.(account, secrets, { seed: 7, createToken: () => 'token' } as never, provinces) ?? [];
  });

  test.each(senders.map((sender) => [sender.name, sender] as const))(
    '%s says nothing else under the id of an event that it sent before',
    (_name, sender) => {
      const sent = new Map<string, string>();
      let told = 0;
      for (const [nth, at] of MOMENTS.entries()) {
        const all = sender.eventsBetween(new Date(0), at);
        const news = sender.eventsBetween(MOMENTS[nth - 1] ?? new Date(0), at);
        for (const { id, body } of [...all, ...news]) {
          const text = body.toString();
          expect({ id, text: sent.get(id) ?? text }).toEqual({ id, text });
          sent.set(id, text);
          told += 1;
        }
      }
      expect(told).toBeGreaterThan(0);
    },
  );
});
