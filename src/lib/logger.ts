/** What a part needs of a logger; pino's has it. Details first, so that nothing is pasted into the message. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

const nothing = (): void => {};

/** Says nothing; for tests and for tools that report in another way. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
