import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a part of a measurement that runs in a process of its own answers to, by the name of the question. */
export type Answers = Record<string, (argument: never) => unknown>;

/**
 * A process of a measurement, so that what it costs is measured apart from those who drive it. Questions are answered
 * in any order; an error over there becomes an error here.
 */
export class Child {
  #nextId = 1;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();

  private constructor(
    readonly name: string,
    readonly process: ChildProcess,
  ) {
    process.on('message', (message: { id: number; value?: unknown; error?: string }) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.value);
      else waiting?.reject(new Error(`${name}: ${message.error}`));
    });
    process.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${name} ended early (${code ?? signal})`));
      this.#waiting.clear();
    });
  }

  /** Starts `<module>.process` beside the module of `importMetaUrl`, compiled or not. */
  static start(importMetaUrl: string, module: string, env: NodeJS.ProcessEnv = {}): Child {
    const file = fileURLToPath(new URL(`${module}.process${extname(importMetaUrl)}`, importMetaUrl));
    return new Child(
      module,
      fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, ...env } }),
    );
  }

  ask<Answer>(question: string, argument?: unknown): Promise<Answer> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.process.send({ id, question, argument });
    });
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }
}

/** The other side of {@link Child}: answers until the driver goes away. */
export function answer(answers: Answers): void {
  process.on('message', async ({ id, question, argument }: { id: number; question: string; argument: never }) => {
    try {
      const handler = answers[question];
      if (!handler) throw new Error(`no answer to ${question}`);
      process.send?.({ id, value: (await handler(argument)) ?? null });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
}

/** CPU of this process so far, in microseconds. */
export function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
