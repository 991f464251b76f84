import { bkavConnector } from './bkav/connector.ts';
import { btConnector } from './bt/connector.ts';
import { dvcqgConnector } from './dvcqg/connector.ts';
import { dvcqgWebConnector } from './dvcqg-web/connector.ts';
import { emcConnector } from './emc/connector.ts';
import { fptConnector } from './fpt/connector.ts';
import { haproConnector } from './hapro/connector.ts';
import { inetConnector } from './inet/connector.ts';
import { khcnConnector } from './khcn/connector.ts';
import type { Connector } from './kit/index.ts';
import { lgspEnvelopeConnector } from './lgsp-envelope/connector.ts';
import { lgspHcmConnector } from './lgsp-hcm/connector.ts';
import { lgspWso2Connector } from './lgsp-wso2/connector.ts';
import { minhtueConnector } from './minhtue/connector.ts';
import { mobifoneConnector } from './mobifone/connector.ts';
import { partyOperationsConnector } from './party-operations/connector.ts';
import { selfDeclaredConnector } from './self-declared/connector.ts';
import { songda10Connector } from './songda10/connector.ts';
import { tandanConnector } from './tandan/connector.ts';
import { unitechConnector } from './unitech/connector.ts';
import { viettelConnector } from './viettel/connector.ts';
import { vnptConnector } from './vnpt/connector.ts';
import { vxpConnector } from './vxp/connector.ts';

/** Every connector, by the id that a source's `connector` names. */
export const connectors: ReadonlyMap<string, Connector> = new Map(
  [
    khcnConnector,
    lgspWso2Connector,
    lgspHcmConnector,
    lgspEnvelopeConnector,
    dvcqgConnector,
    dvcqgWebConnector,
    emcConnector,
    vxpConnector,
    vnptConnector,
    viettelConnector,
    haproConnector,
    selfDeclaredConnector,
    fptConnector,
    mobifoneConnector,
    tandanConnector,
    inetConnector,
    unitechConnector,
    bkavConnector,
    minhtueConnector,
    btConnector,
    songda10Connector,
    partyOperationsConnector,
  ].map((connector) => [connector.id, connector]),
);
