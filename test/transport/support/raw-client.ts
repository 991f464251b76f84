import WebSocket from 'ws';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: { data?: Record<string, Record<string, unknown>>; [key: string]: unknown } & unknown;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A WebSocket client that says what the test tells it to, right or wrong. */
export class RawClient {
  readonly messages: Message[] = [];
  readonly webSocket: WebSocket;
  readonly closed: Promise<Closed>;
  #wakes: (() => void)[] = [];

  constructor(url: string, options: { protocols?: string[]; headers?: Record<string, string> } = {}) {
    this.webSocket = new WebSocket(url, options.protocols ?? ['graphql-transport-ws'], {
      headers: options.headers ?? {},
    });
    this.closed = new Promise((resolve) => {
      this.webSocket.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#wake();
      });
    });
    this.webSocket.on('error', () => undefined);
    this.webSocket.on('message', (data) => {
      this.messages.push(JSON.parse(String(data)) as Message);
      this.#wake();
    });
  }

  async opened(): Promise<this> {
    if (this.webSocket.readyState === WebSocket.CONNECTING) {
      await new Promise((resolve, reject) => this.webSocket.once('open', resolve).once('error', reject));
    }
    return this;
  }

  /** Opens and says who it is. */
  async init(payload?: Record<string, unknown>): Promise<this> {
    await this.opened();
    this.send({ type: 'connection_init', payload });
    await this.until(() => this.messages.some(({ type }) => type === 'connection_ack'));
    return this;
  }

  send(message: object): void {
    this.webSocket.send(JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: Record<string, unknown> = {}): void {
    this.send({ type: 'subscribe', id, payload: { query, variables } });
  }

  /** Resolves when the condition holds; looked at with every message. Rejects when the connection closed before. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.webSocket.readyState === WebSocket.CLOSED) throw new Error('closed before the condition held');
      await new Promise<void>((resolve) => this.#wakes.push(resolve));
    }
  }

  untilMessage(type: string, id?: string): Promise<Message> {
    const find = (): Message | undefined => this.messages.find((one) => one.type === type && (!id || one.id === id));
    return this.until(() => find() !== undefined).then(() => find() as Message);
  }

  /** The events of a feed subscription, as they came. */
  events(id = '1'): Record<string, unknown>[] {
    return this.messages
      .filter((message) => message.type === 'next' && message.id === id)
      .flatMap(({ payload }) => Object.values(payload?.data ?? {}));
  }

  async untilSeq(seq: number, id = '1'): Promise<void> {
    await this.until(() => this.events(id).some((event) => Number(event.seq ?? 0) >= seq));
  }

  async untilEvent(type: string, id = '1'): Promise<Record<string, unknown>> {
    await this.until(() => this.events(id).some((event) => event.__typename === type));
    return this.events(id).find((event) => event.__typename === type) as Record<string, unknown>;
  }

  close(): void {
    this.webSocket.terminate();
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }
}
