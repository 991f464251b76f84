import type { Json } from '../../../schema/kinds/fact-kind.ts';
import { aFunction, aText, someNames } from '../check-options.ts';
import { connectionIn, connectionNodes, hasGraphqlErrors } from '../graphql.ts';
import { type CursorState, cursorPage } from './cursor-page.ts';
import { aPageSize, checkListOptions, listChecks } from './list-options.ts';
import type { Paginator, PagingInput } from './paginator.ts';

export interface RelayPageOptions<Config> {
  /** Where GraphQL is asked, relative to the base URL. */
  readonly path: string;
  /** With the variables `$first: Int!` and `$after: String`; asks for `edges { node }`, `pageInfo { hasNextPage endCursor }` and, where there is one, `totalCount`. */
  readonly document: string;
  /** The connection in the answer's data, e.g. `['province', 'systems']`. */
  readonly connection: readonly string[];
  /** Edges a page. */
  readonly size: number;
  /** The document's other variables. */
  readonly variables?: (config: Config, from: Json) => Readonly<Record<string, Json>>;
  readonly from?: (input: PagingInput<Config>) => Json;
  readonly memoryAtEnd?: (input: PagingInput<Config>) => Json;
  /** Default 1,000. */
  readonly maxPages?: number;
}

const CHECKS = {
  ...listChecks,
  path: aText,
  document: aText,
  connection: someNames,
  size: aPageSize,
  variables: aFunction.optional(),
};

/**
 * Connections of GraphQL in the manner of Relay: `first` and `after`, `pageInfo { hasNextPage endCursor }`. Counts edges,
 * those that could not be given too; while there are such, what an incremental stream remembers stays as it was.
 */
export function relayPage<Config>(options: RelayPageOptions<Config>): Paginator<Config, CursorState> {
  const { path, document, connection, size, variables, ...rest } = options;
  checkListOptions<RelayPageOptions<Config>>('relay-page', CHECKS, options);
  for (const variable of ['$first', '$after']) {
    if (!document.includes(variable)) throw new TypeError(`relay-page: the document has no variable ${variable}`);
  }
  const paginator = cursorPage<Config>({
    ...rest,
    request: ({ cursor, from }, config) => ({
      method: 'POST',
      path,
      json: { query: document, variables: { ...variables?.(config, from), first: size, after: cursor ?? null } },
    }),
    frameOf(body) {
      const found = connectionIn(body, connection);
      if (!found) return undefined;
      const { pageInfo, totalCount, hasErrors } = found;
      // Without an end cursor there is no way on: '' is a cursor that is none.
      return { next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? '') : null, total: totalCount, hasGap: hasErrors };
    },
  });
  return { ...paginator, name: 'relay-page' };
}

/**
 * What a stream needs to read a connection: how its pages follow, its nodes, and that an answer with errors is not whole.
 * A node that could not be given is rejected with the upstream's reason.
 */
export function relayList<Config>(options: RelayPageOptions<Config>) {
  return {
    paginator: relayPage(options),
    decode: (body: Json): unknown[] => connectionNodes(body, options.connection),
    isWhole: (body: Json): boolean => !hasGraphqlErrors(body),
  };
}
