import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { ReplayChangeSource } from '../../src/live/replay-change-source.ts';
import { startGateway, type TestGateway } from '../transport/support/gateway.ts';

let gateway: TestGateway | undefined;
afterEach(() => gateway?.stop());

/** Sends a whole request and only then looks whether there is an answer, as clients without full duplex do. */
async function sendAllThenRead(url: URL, bytes: number, pauseMs = 0): Promise<string> {
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, 'connect');
  const head = `POST /graphql HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`;
  socket.write(head);
  const chunk = Buffer.alloc(65_536, 0x20);
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    const part = chunk.subarray(0, Math.min(chunk.length, bytes - sent));
    await new Promise<void>((resolve, reject) => socket.write(part, (error) => (error ? reject(error) : resolve())));
    if (pauseMs > 0) await setTimeout(pauseMs);
  }
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString();
}

test('a client that sends 10 MB before it reads gets the answer that it is too much, not a broken pipe', async () => {
  gateway = await startGateway({ source: new ReplayChangeSource() });
  const url = new URL(gateway.url);
  for (let round = 0; round < 10; round++) {
    const answer = await sendAllThenRead(url, 10_000_000);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('LIMIT_DOCUMENT_SIZE');
  }
});

test('so does one on a slow line', async () => {
  gateway = await startGateway({ source: new ReplayChangeSource() });
  // Over more than a second; a line is slow by the time that it takes, and by nothing else.
  const answer = await sendAllThenRead(new URL(gateway.url), 1_000_000, 100);
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});
