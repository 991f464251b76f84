import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { GoingAwayReason } from '../live/feed-event.ts';
import type { FeedSink } from '../live/feed-sink.ts';
import type { FeedSubscription } from '../live/feed-subscription.ts';
import type { Rights } from '../services/rights.ts';
import { NextPrefix, writeNextFrames } from './next-frame.ts';
import { OutgoingBuffer } from './outgoing-buffer.ts';

/** Codes on which the usual clients connect again, save the last. */
const CLOSE_CODES: Readonly<Record<GoingAwayReason, number>> = {
  SHUTDOWN: 1012,
  SLOW_CONSUMER: 1013,
  UNAVAILABLE: 1013,
  KEY_REVOKED: 4403,
};
/** Milliseconds a client has to answer a close; one that does not read never will. */
const CLOSE_GRACE_MS = 5_000;

/** One WebSocket client and the feed subscriptions on its connection. */
export class SocketConnection {
  /** Null until `connection_init` was accepted. */
  rights: Rights | null = null;
  /** Whether the last ping was answered. */
  isAlive = true;
  readonly webSocket: WebSocket;
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #buffer: OutgoingBuffer;
  readonly #onDisconnect: (reason: GoingAwayReason) => void;
  readonly #subscriptions = new Set<FeedSubscription>();
  #leaving: Promise<void> | null = null;

  constructor(
    webSocket: WebSocket,
    socket: Socket,
    { maxPendingBytes, onDisconnect }: { maxPendingBytes: number; onDisconnect: (reason: GoingAwayReason) => void },
  ) {
    this.webSocket = webSocket;
    this.remoteAddress = socket.remoteAddress ?? '';
    this.#socket = socket;
    this.#buffer = new OutgoingBuffer(socket, maxPendingBytes);
    this.#onDisconnect = onDisconnect;
  }

  /** Keeps a subscription for as long as it lasts, to tell it when the connection has to end. */
  add(subscription: FeedSubscription): void {
    this.#subscriptions.add(subscription);
    void subscription.done.then(() => this.#subscriptions.delete(subscription));
  }

  /** Where the results of the subscription with that protocol id go. */
  sink(id: string, onFailed: (error: unknown) => void): FeedSink {
    const prefix = new NextPrefix(id);
    return {
      write: (results) => {
        if (this.#isOpen()) writeNextFrames(this.#socket, prefix, results);
      },
      isFull: () => this.#buffer.isFull(),
      drained: (signal) => this.#buffer.drained(signal),
      disconnect: (reason) => void this.disconnect(reason),
      failed: onFailed,
    };
  }

  /** Sends a message of the protocol. A client that asks and asks without reading is cut like any slow one. */
  async send(message: string): Promise<void> {
    if (!this.#isOpen()) return;
    if (this.#buffer.isFull()) return this.disconnect('SLOW_CONSUMER');
    this.webSocket.send(message);
  }

  /**
   * Lets every subscription say where it is, then closes with a code on which clients come back, and the least of the
   * cursors in the reason. Resolves when the close is on its way. The cursors are taken before this returns.
   */
  disconnect(reason: GoingAwayReason): Promise<void> {
    this.#leaving ??= this.#leave(reason);
    return this.#leaving;
  }

  async #leave(reason: GoingAwayReason): Promise<void> {
    const leaving = [...this.#subscriptions].map((subscription) => subscription.goAway(reason));
    this.#onDisconnect(reason);
    const cursors = await Promise.all(leaving);
    const least = cursors.sort()[0];
    this.webSocket.close(CLOSE_CODES[reason], least ? `${reason} cursor=${least}` : reason);
    const timer = setTimeout(() => this.webSocket.terminate(), CLOSE_GRACE_MS);
    this.webSocket.once('close', () => clearTimeout(timer));
  }

  #isOpen(): boolean {
    return this.webSocket.readyState === this.webSocket.OPEN && !this.#socket.destroyed;
  }
}
