import { ConnectorError } from '../connector-error.ts';

/** The hub itself had no room or no file left to take an answer in. It tells nothing of the upstream's health. */
export class HubFaultError extends ConnectorError {
  constructor(code: string) {
    super(
      'UPSTREAM_TRANSIENT',
      `The hub could not take the upstream's answer in (${code}); look at its disk, its directory for temporary files and its limit of open files.`,
      `the hub could not take an answer in: ${code}`,
    );
    this.name = 'HubFaultError';
  }
}
