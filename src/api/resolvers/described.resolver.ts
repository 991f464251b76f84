import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Conflict } from '../../../schema/types/conflict.ts';
import { Described } from '../../../schema/types/described.ts';
import { Source } from '../../../schema/types/operations-state.ts';
import { Freshness, Provenance } from '../../../schema/types/provenance.ts';
import { type ClaimRow, claimsOf } from '../../services/reading/claims.ts';
import { conflictsOf } from '../../services/reading/conflicts.ts';
import type { FactView } from '../../services/reading/fact-view.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';

@Resolver(() => Described)
export class DescribedResolver {
  @listOf(8)
  @FieldResolver(() => [Provenance])
  async provenance(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return (await claimsOf(context, fact.kind, fact.key, fact.clocks)).map(toProvenance);
  }

  @listOf(1)
  @FieldResolver(() => [Conflict])
  conflicts(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return conflictsOf(context, fact);
  }

  @FieldResolver(() => Freshness)
  freshness(@Root() fact: FactView, @Ctx() context: ApiContext) {
    return {
      fresh: fact.staleSince === null,
      staleSince: fact.staleSince,
      lastSeenAt: async () => lastSeenAt(await claimsOf(context, fact.kind, fact.key, fact.clocks)),
    };
  }
}

@Resolver(() => Provenance)
export class ProvenanceResolver {
  @FieldResolver(() => Source)
  source(@Root() claim: ClaimRow, @Ctx() { reference }: ApiContext) {
    return reference.get('Source', claim.source);
  }
}

function toProvenance(claim: ClaimRow) {
  const { detail } = claim;
  return {
    ...claim,
    simulated: detail?.simulated === true,
    inferred: detail?.inferred === true,
    document: detail?.document ?? null,
    rawCode: detail?.rawCode ?? null,
    codeMapVersion: detail?.codeMapVersion ?? null,
    correlationId: detail?.correlationId ?? null,
  };
}

function lastSeenAt(claims: readonly ClaimRow[]): Date | null {
  return claims.reduce<Date | null>((last, { seenAt }) => (last === null || seenAt > last ? seenAt : last), null);
}
