import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { defineConnector, hmacSignature } from '../kit/index.ts';
import { EVENTS_CONTRACT, event } from './contract.ts';
import { mapEvent } from './mapping.ts';
import { SIGNATURE } from './signature.ts';

/** Hapro: sends what happens to its systems by itself; cannot be asked. */
export const haproConnector = defineConnector({
  id: 'hapro',
  title: 'Hapro',
  shape: 'modelled',
  config: z.object({}),
  streams: () => [],
  push: (push) =>
    push({
      verify: hmacSignature(SIGNATURE),
      formats: ['json'],
      maxBytes: 256 * 1024,
      kinds: ['deployment', 'serviceHealth'],
      contract: event,
      contractVersion: EVENTS_CONTRACT,
      map: mapEvent,
      // It stands in the body, so the signature covers it: a redelivery is the same to the byte.
      eventIdOf: (body) => (body as { maSuKien?: Json } | null)?.maSuKien as string | undefined,
    }),
});
