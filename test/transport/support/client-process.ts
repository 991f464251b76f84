import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Question, Verdict } from './resuming-clients.process.ts';

/** Clients in a process of their own, so that what they cost does not slow down the gateways of the test. */
export class ClientProcess {
  readonly #child: ChildProcess;

  constructor() {
    const file = new URL('./resuming-clients.process.ts', import.meta.url);
    const execArgv = ['--experimental-strip-types', '--no-warnings'];
    this.#child = fork(file, { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  }

  /** One question at a time. */
  async ask(question: Question): Promise<void> {
    await this.#ask(question);
  }

  /** What has become of the clients, measured by the whole log. */
  async verdict(log: readonly number[]): Promise<Verdict> {
    return (await this.#ask({ ask: 'verdict', log })) as Verdict;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #ask(question: Question): Promise<unknown> {
    const answered = once(this.#child, 'message');
    const ended = once(this.#child, 'exit').then(() => [{ error: 'the process of clients ended' }]);
    this.#child.send(question);
    const [{ error, value }] = (await Promise.race([answered, ended])) as [{ error?: string; value?: unknown }];
    if (error !== undefined) throw new Error(error);
    return value;
  }
}
