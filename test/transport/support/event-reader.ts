export interface ServerEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** Reads an event stream event by event; comments are left out. */
export class EventReader {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = '';

  private constructor(response: Response) {
    this.response = response;
    this.#reader = (response.body as ReadableStream<Uint8Array>).getReader();
  }

  static async open(url: string, init: RequestInit = {}): Promise<EventReader> {
    return new EventReader(await fetch(url, { ...init, headers: { accept: 'text/event-stream', ...init.headers } }));
  }

  /** Asks by POST. */
  static post(url: string, body: object, headers: Record<string, string> = {}): Promise<EventReader> {
    return EventReader.open(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  /** The next event; null when the stream has ended. */
  async next(): Promise<ServerEvent | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        const event = parse(block);
        if (event) return event;
        continue;
      }
      const { done, value } = await this.#reader.read();
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** The root field's value of the next event, and its id. */
  async nextFeedEvent(): Promise<{ id: string | undefined; value: Record<string, unknown> }> {
    const event = await this.next();
    const { data } = JSON.parse(event?.data ?? 'null') as { data: Record<string, Record<string, unknown>> };
    return { id: event?.id, value: Object.values(data)[0] as Record<string, unknown> };
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
  }
}

function parse(block: string): ServerEvent | null {
  const fields = block
    .split('\n')
    .filter((line) => !line.startsWith(':'))
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()] as const);
  return fields.length > 0 ? Object.fromEntries(fields) : null;
}
