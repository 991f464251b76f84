import pg from 'pg';

/**
 * A connection whose end never ends the process. The server may say at any moment that it is going away, also between
 * two statements, and in the same breath as the answer to the one before: `pg` then emits `error`, and Node ends a
 * process that has no listener for it. Whoever waits for an answer is told by its rejected promise, and whoever asks
 * next as well; so every connection of the hub is one of these, those that libraries make for themselves included.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
