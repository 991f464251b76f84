import * as z from 'zod';
import { defineConnector } from '../../../connectors/kit/define-connector.ts';
import type { RateLimit } from '../../../connectors/kit/http/token-bucket.ts';
import { sessionLogin, singlePage } from '../../../connectors/kit/index.ts';
import type { Json } from '../../../schema/kinds/fact-kind.ts';

/** Signs in for a session whose end is not told, and reads a list of nothing. */
export function countedConnector(rateLimit: RateLimit) {
  return defineConnector({
    id: 'counted',
    title: 'Counted',
    shape: 'modelled',
    config: z.object({}),
    auth: () =>
      sessionLogin({
        credentials: ['user', 'password'],
        login: ({ user = '', password = '' }) => ({ method: 'POST', path: '/login', json: { user, password } }),
        sessionOf: (body) => (body as { session?: string }).session,
        place: (request, session) => ({ ...request, headers: { ...request.headers, 'X-Session': session } }),
      }),
    rateLimit,
    streams: (stream) => [
      stream({
        name: 'things',
        kinds: ['link'],
        mode: 'snapshot',
        paginator: singlePage(() => ({ method: 'GET', path: '/things' })),
        decode: (body) => body as Json[],
        contract: z.unknown(),
        contractVersion: '1',
        map: () => [],
      }),
    ],
  });
}
