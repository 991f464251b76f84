import { ConnectorError } from './connector-error.ts';

/**
 * A read that ended before its end although nothing is broken: a rate limit that outlasts our patience, or a budget of
 * time that is used up. What was read stands, and the next run goes on from there.
 */
export class UnfinishedError extends ConnectorError {
  constructor(userMessage: string, logMessage = userMessage) {
    super('UPSTREAM_TRANSIENT', userMessage, logMessage);
    this.name = 'UnfinishedError';
  }
}
