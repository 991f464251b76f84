import { bkavStandIn } from './bkav/sandbox.ts';
import { btStandIn } from './bt/sandbox.ts';
import { dvcqgStandIn } from './dvcqg/sandbox.ts';
import { dvcqgWebStandIn } from './dvcqg-web/sandbox.ts';
import { emcStandIn } from './emc/sandbox.ts';
import { fptStandIn } from './fpt/sandbox.ts';
import { haproStandIn } from './hapro/sandbox.ts';
import { inetStandIn } from './inet/sandbox.ts';
import { khcnStandIn } from './khcn/sandbox.ts';
import type { StandIn } from './kit/sandbox/stand-in.ts';
import { lgspEnvelopeStandIn } from './lgsp-envelope/sandbox.ts';
import { lgspHcmStandIn } from './lgsp-hcm/sandbox.ts';
import { lgspWso2StandIn } from './lgsp-wso2/sandbox.ts';
import { minhtueStandIn } from './minhtue/sandbox.ts';
import { mobifoneStandIn } from './mobifone/sandbox.ts';
import { partyOperationsStandIn } from './party-operations/sandbox.ts';
import { selfDeclaredStandIn } from './self-declared/sandbox.ts';
import { songda10StandIn } from './songda10/sandbox.ts';
import { tandanStandIn } from './tandan/sandbox.ts';
import { unitechStandIn } from './unitech/sandbox.ts';
import { viettelStandIn } from './viettel/sandbox.ts';
import { vnptStandIn } from './vnpt/sandbox.ts';
import { vxpStandIn } from './vxp/sandbox.ts';

/** What the sandbox is made of: the stand-in of every connector. */
export const standIns: readonly StandIn[] = [
  khcnStandIn,
  lgspWso2StandIn,
  lgspHcmStandIn,
  lgspEnvelopeStandIn,
  dvcqgStandIn,
  dvcqgWebStandIn,
  emcStandIn,
  vxpStandIn,
  vnptStandIn,
  viettelStandIn,
  haproStandIn,
  selfDeclaredStandIn,
  fptStandIn,
  mobifoneStandIn,
  tandanStandIn,
  inetStandIn,
  unitechStandIn,
  bkavStandIn,
  minhtueStandIn,
  btStandIn,
  songda10StandIn,
  partyOperationsStandIn,
];
