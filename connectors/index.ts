import { dvcqgConnector } from './dvcqg/connector.ts';
import { khcnConnector } from './khcn/connector.ts';
import type { Connector } from './kit/index.ts';
import { lgspWso2Connector } from './lgsp-wso2/connector.ts';
import { partyOperationsConnector } from './party-operations/connector.ts';
import { vnptConnector } from './vnpt/connector.ts';

/** Every connector, by the id that a source's `connector` names. */
export const connectors: ReadonlyMap<string, Connector> = new Map(
  [khcnConnector, lgspWso2Connector, dvcqgConnector, vnptConnector, partyOperationsConnector].map((connector) => [
    connector.id,
    connector,
  ]),
);
