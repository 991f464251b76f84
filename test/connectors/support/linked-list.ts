import * as z from 'zod';
import type { AuthKind } from '../../../connectors/kit/auth/auth.ts';
import type { nextLink } from '../../../connectors/kit/index.ts';
import type { Stream } from '../../../connectors/kit/stream.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { definePlain, NOW } from './contexts.ts';

const frame = z.object({ items: z.array(z.unknown()), next: z.string().optional() });

/** A connector that reads `{items: [{id}], next}`, page by page. */
export function defineLinked(
  paginator: typeof nextLink,
  auth: AuthKind,
  conditional?: NonNullable<Stream['conditional']>,
) {
  return definePlain({
    auth: () => auth,
    streams: (stream) => [
      stream({
        name: 'things',
        kinds: ['link'],
        mode: 'snapshot',
        paginator: paginator({
          request: () => ({ method: 'GET', path: '/things' }),
          linkOf: (body: Json) => frame.parse(body).next,
        }),
        decode: (body) => frame.parse(body).items,
        contract: z.object({ id: z.string() }),
        contractVersion: '1',
        ...(conditional && { conditional }),
        map: ({ id }) => [
          {
            class: 'fact',
            kind: 'link',
            key: { province: '01', target: id },
            observedAt: NOW,
            attributes: { state: 'UP' },
          },
        ],
      }),
    ],
  });
}
