import type { Request, Response } from 'express';
import { Router } from 'express';
import type { Metrics } from '../observability/index.ts';

/** One thing that has to work before clients are sent here. */
export interface ReadinessCheck {
  readonly name: string;
  /** Undefined when it works, else what is wrong, in words that are safe to show. */
  check(): Promise<string | undefined>;
}

export interface StatusOptions {
  readonly checks: readonly ReadinessCheck[];
  /** What `/readyz` says besides, e.g. that the clock is the sandbox's. */
  readonly about?: () => object;
  readonly metrics: Pick<Metrics, 'render'>;
  /** SDL of the schema. */
  readonly schemaText: string;
  /** Whether the server takes new work; false from the beginning of a stop on. */
  readonly isOpen: () => boolean;
}

/** Milliseconds for one check; a dependency that does not answer is not ready. */
const CHECK_TIMEOUT_MS = 2_000;

/** `/healthz` and `/readyz`: for whoever watches the process; they tell nothing that needs a key. */
export function healthRoutes({ checks, about, isOpen }: StatusOptions): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const failures = isOpen() ? await failing(checks) : { server: 'stopping' };
    const isReady = Object.keys(failures).length === 0;
    const body = { status: isReady ? 'ready' : 'not ready', ...(isReady ? {} : { notReady: failures }), ...about?.() };
    response.status(isReady ? 200 : 503).json(body);
  });
  return router;
}

/** `/metrics` and `/schema.graphql`, for those who may read. */
export function readingRoutes({ metrics, schemaText }: StatusOptions): Router {
  const router = Router();
  router.get('/metrics', async (_request: Request, response: Response) => {
    const { contentType, body } = await metrics.render();
    response.set('content-type', contentType).send(body);
  });
  router.get('/schema.graphql', (_request, response) => {
    response.type('text/plain; charset=utf-8').send(schemaText);
  });
  return router;
}

async function failing(checks: readonly ReadinessCheck[]): Promise<Record<string, string>> {
  const found = await Promise.all(checks.map(async ({ name, check }) => [name, await outcome(check)] as const));
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

async function outcome(check: () => Promise<string | undefined>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('does not answer'), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check(), late]);
  } catch {
    return 'is not available';
  } finally {
    clearTimeout(timer);
  }
}
