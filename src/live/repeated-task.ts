/**
 * Runs a task at most once at a time. A call while it runs waits for one more run, which all such calls share: so
 * whoever calls is sure of a run that began after the call.
 */
export class RepeatedTask {
  readonly #task: () => Promise<void>;
  #current: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  run(): Promise<void> {
    if (!this.#current) {
      this.#current = this.#task().finally(() => {
        this.#current = null;
      });
      return this.#current;
    }
    const again = (): Promise<void> => {
      this.#next = null;
      return this.run();
    };
    this.#next ??= this.#current.then(again, again);
    return this.#next;
  }
}
