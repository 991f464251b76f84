import { ConnectorError } from '../connector-error.ts';

/**
 * The pages of a list do not fit together: one is missing, short or repeated, or the list moved while it was read. What
 * to ask for `again`: the page first, and the whole list once where that does not help; or the list at once.
 */
export class PagingFault extends ConnectorError {
  constructor(
    what: string,
    place: string,
    readonly again: 'page' | 'list' = 'page',
    userMessage = `The upstream's paging is broken: ${what}.`,
  ) {
    super('UPSTREAM_SYSTEM', userMessage, `${place}: ${what}`);
  }
}
