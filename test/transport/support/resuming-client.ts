import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { CHANGES } from '../../live/support/test-schema.ts';

interface FeedResult {
  readonly data?: {
    readonly changes: { readonly __typename: string; readonly seq?: number; readonly cursor: string };
  } | null;
  readonly extensions?: { readonly cursor: string };
}

/**
 * graphql-ws's own client, which comes back by itself. The only thing it is told is where it was: `after` is read from
 * the variables whenever it subscribes.
 */
export class ResumingClient {
  readonly seqs: number[] = [];
  readonly types: string[] = [];
  cursor: string | undefined;
  connections = 0;
  #wakes: (() => void)[] = [];
  #failure: unknown;
  readonly #dispose: () => void;

  constructor(chooseUrl: () => string, random: () => number) {
    const client = createClient({
      url: chooseUrl,
      webSocketImpl: WebSocket,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 50 + 400 * random())),
      on: { connected: () => this.connections++ },
    });
    const lastCursor = (): string | undefined => this.cursor;
    const variables = {
      get after() {
        return lastCursor();
      },
    };
    const unsubscribe = client.subscribe(
      { query: CHANGES, variables },
      {
        next: (result) => this.#take(result as FeedResult),
        error: (error) => this.#end(error),
        complete: () => this.#wake(),
      },
    );
    this.#dispose = () => {
      unsubscribe();
      void client.dispose();
    };
  }

  /** Resolves when the condition holds, rejects when the subscription failed. */
  async until(condition: (client: this) => boolean): Promise<void> {
    while (!condition(this)) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => this.#wakes.push(resolve));
    }
  }

  dispose(): void {
    this.#dispose();
  }

  #take({ data, extensions }: FeedResult): void {
    if (data?.changes.seq) this.seqs.push(data.changes.seq);
    this.types.push(data?.changes.__typename ?? 'error');
    this.cursor = extensions?.cursor ?? this.cursor;
    this.#wake();
  }

  #end(error: unknown): void {
    this.#failure = error;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }
}
