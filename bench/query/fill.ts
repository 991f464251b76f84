import { setTimeout as delay } from 'node:timers/promises';
import { startHub } from '../harness/hub.ts';

/** A day in twenty seconds: slow enough that every source is asked several times a day. */
const SPEED = 4320;
/** The evening after the report that the documents give province by province. */
const UNTIL = new Date('2025-06-27T20:00:00+07:00');
const LOOK_EVERY_MS = 250;

/** Fills a database with what the sandbox says up to the evening of 27 June, through the connectors, log and all. */
export async function fillWithJune(root: string, databaseUrl: string): Promise<void> {
  const env = { DATABASE_URL: databaseUrl, SANDBOX: 'on', SANDBOX_SPEED: String(SPEED), SANDBOX_PORT: '0' };
  const hub = await startHub(root, env);
  try {
    while ((await sandboxTime(hub.url)) < UNTIL) await delay(LOOK_EVERY_MS);
  } finally {
    await hub.stop();
  }
}

async function sandboxTime(url: string): Promise<Date> {
  const body = JSON.stringify({ query: '{ clock { now } }' });
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { data } = (await response.json()) as { data: { clock: { now: string } } };
  return new Date(data.clock.now);
}
