import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../src/lib/clock.ts';
import { arrangeUnder, clockUnder, spoilContent } from './content-faults.ts';
import { answerControl } from './control-endpoint.ts';
import { encodeJson } from './encode-body.ts';
import { type Fault, FaultPlan } from './faults.ts';
import { inForm, type TextForm } from './text-form.ts';
import { spoilTransport } from './transport-faults.ts';
import { parseObject, type SandboxAnswer, type SandboxRequest, type SandboxUpstream } from './upstream.ts';

export interface SandboxServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly upstreams: readonly SandboxUpstream[];
  /** Sources that send by themselves and so have no upstream here, to be told from misspelt ones. Default none. */
  readonly pushOnly?: readonly string[];
  /** The time that the stand-ins live in. */
  readonly clock: Clock;
}

/** What the control endpoint does, for code in the same process. */
export interface SandboxControl {
  /** Throws a ZodError for a fault that is none, or whose upstream is not one that is asked here. */
  addFault(fault: Fault): void;
  clearFaults(): void;
  /** Calls so far, by upstream. */
  calls(upstream: string): { readonly data: number; readonly signIn: number };
  /** Writes every text of every answer in that form from now on; undefined: as each stand-in does. */
  writeTextIn(form: TextForm | undefined): void;
  /** Lets an upstream forget what clients have told it. */
  forget(upstream: string): void;
  /** Calls back at the start of each call; returns what ends it. */
  onCall(listener: (upstream: string) => void): () => void;
  /**
   * Calls back with each row that a fault hides from an answer, together with what was asked for, since that may be all
   * that says of which day it is; returns what ends it.
   */
  onHidden(listener: (hidden: HiddenRow) => void): () => void;
}

export interface HiddenRow {
  readonly upstream: string;
  /** Path and query. */
  readonly asked: string;
  /** As the stand-in has it, before it is put into the form of an answer. */
  readonly row: unknown;
}

export interface SandboxServer {
  readonly address: string;
  readonly control: SandboxControl;
  stop(): Promise<void>;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** One HTTP server for all stand-ins, each under its prefix, with `/control` beside them. */
export async function startSandboxServer(options: SandboxServerOptions): Promise<SandboxServer> {
  const plan = new FaultPlan({ asked: options.upstreams, pushOnly: options.pushOnly ?? [] });
  const counts = new Map(options.upstreams.map(({ id }) => [id, { data: 0, signIn: 0 }]));
  const listeners = new Set<(upstream: string) => void>();
  const hiddenListeners = new Set<(hidden: HiddenRow) => void>();
  const previous = new Map<string, SandboxAnswer>();
  let textForm: TextForm | undefined;

  const serveUpstream = async (
    upstream: SandboxUpstream,
    request: SandboxRequest,
    response: ServerResponse,
  ): Promise<void> => {
    const count = counts.get(upstream.id) as { data: number; signIn: number };
    const isSignIn = upstream.isSignIn(request);
    count[isSignIn ? 'signIn' : 'data'] += 1;
    for (const listener of listeners) listener(upstream.id);
    const faults = plan.strike(upstream, isSignIn ? 'sign-in' : 'data');
    if (faults.includes('session-dies')) upstream.killSessions();
    const now = clockUnder(faults, options.clock.now());
    const operation = `${upstream.id} ${request.path} ${serviceIn(request.body)}`;
    const asked = `${request.path}?${request.query}`;
    const honest = upstream.answer(request, {
      now,
      isClockOff: faults.includes('clock-off'),
      arrange: arrangeUnder(faults, (row) => {
        for (const listener of hiddenListeners) listener({ upstream: upstream.id, asked, row });
      }),
    });
    const answer = spoilContent(honest, faults, upstream, previous.get(operation));
    if (honest.records && !(faults.includes('page-repeated') && previous.has(operation)))
      previous.set(operation, honest);
    const body = answer.body === undefined || !textForm ? answer.body : inForm(answer.body, textForm);
    const { type, payload } =
      body === undefined ? { type: 'text/plain', payload: '' } : await (answer.encode ?? encodeJson)(body);
    response.sendDate = false;
    response.setHeader('Date', now.toUTCString());
    if (spoilTransport(faults, payload, response)) return;
    response.writeHead(answer.status, { 'Content-Type': type, ...answer.headers });
    response.end(payload);
  };

  const serveControl = (request: SandboxRequest, response: ServerResponse): void => {
    const state = () => ({ now: options.clock.now(), calls: Object.fromEntries(counts), faults: plan.list() });
    const { status, body } = answerControl(request, plan, state);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(incoming);
    const url = URL.parse(incoming.url ?? '/', 'http://sandbox');
    if (body === undefined || !url) {
      response.writeHead(body === undefined ? 413 : 400).end();
      return;
    }
    const headers = incoming.headers as SandboxRequest['headers'];
    const request = { method: incoming.method ?? 'GET', query: url.searchParams, headers, body };
    const upstream = options.upstreams.find(({ prefix }) => url.pathname.startsWith(`${prefix}/`));
    if (!upstream) serveControl({ ...request, path: url.pathname }, response);
    else await serveUpstream(upstream, { ...request, path: url.pathname.slice(upstream.prefix.length) }, response);
  };

  const server = createServer((incoming, response) => {
    // A stand-in that stumbles over what it is asked is an upstream with a fault of its own, and not the end of the hub.
    serve(incoming, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'Content-Type': 'text/plain' }).end('The stand-in failed on this request.');
    });
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;

  return {
    address: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    control: {
      addFault: (fault) => plan.add(fault),
      clearFaults() {
        plan.clear();
        // A page that is repeated is one since then.
        previous.clear();
      },
      calls: (upstream) => ({ ...(counts.get(upstream) ?? { data: 0, signIn: 0 }) }),
      writeTextIn(form) {
        textForm = form;
      },
      forget: (upstream) => options.upstreams.find(({ id }) => id === upstream)?.forget?.(),
      onCall(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      onHidden(listener) {
        hiddenListeners.add(listener);
        return () => void hiddenListeners.delete(listener);
      },
    },
    async stop() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Some upstreams have one path for all services and name the service in the body, or in a form's field `params`. */
function serviceIn(body: string): string {
  return String(parseObject(new URLSearchParams(body).get('params') ?? body).service ?? '');
}

/** The whole body; undefined where it is too large. A client that goes away gives an empty one. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return '';
  }
  return Buffer.concat(chunks).toString('utf8');
}
