import { Agent, request } from 'node:http';
import { answer } from '../harness/child.ts';

export interface Load {
  readonly url: string;
  /** The body of the POST: document and variables. */
  readonly body: string;
  /** Requests under way at any time. */
  readonly concurrency: number;
  readonly durationMs: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Of the answer, the same for every request. */
  readonly bytes: number;
}

function post(agent: Agent, { url, body }: Load): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Keeps `concurrency` requests under way for a while; an answer with an error ends it with that error. */
async function load(options: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency });
  const begun = performance.now();
  const until = begun + options.durationMs;
  let answered = 0;
  let bytes = 0;
  const worker = async () => {
    while (performance.now() < until) {
      const { status, text } = await post(agent, options);
      if (
        status !== 200 ||
        text.startsWith('{"errors"') ||
        text.includes('],"errors":[') ||
        text.includes('},"errors":[')
      ) {
        throw new Error(`${options.url} answered ${status}: ${text.slice(0, 800)}`);
      }
      answered += 1;
      bytes = text.length;
    }
  };
  try {
    await Promise.all(Array.from({ length: options.concurrency }, worker));
  } finally {
    agent.destroy();
  }
  return { requestsPerSecond: (answered * 1000) / (performance.now() - begun), bytes };
}

answer({
  load,
  /** One request, whatever it answers. */
  once: async (options: Load) => (await post(new Agent(), options)).text,
});
