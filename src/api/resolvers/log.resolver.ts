import { Args, ArgsType, Ctx, Field, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { ChangeOrder, ConflictOrder } from '../../../schema/scalars/enums.ts';
import { DateTime } from '../../../schema/scalars/index.ts';
import { PageArgs } from '../../../schema/types/arguments.ts';
import { Change } from '../../../schema/types/change.ts';
import { Conflict, ConflictClaim } from '../../../schema/types/conflict.ts';
import { ChangeConnection, ConflictConnection } from '../../../schema/types/connections.ts';
import { Described } from '../../../schema/types/described.ts';
import { ChangeFilter, ConflictFilter } from '../../../schema/types/inputs/log-filters.ts';
import { Node } from '../../../schema/types/node.ts';
import { Source, SyncRun } from '../../../schema/types/operations-state.ts';
import { Province, System } from '../../../schema/types/reference.ts';
import { type ChangeView, entityOfChange } from '../../services/reading/change-view.ts';
import { pageOfChanges } from '../../services/reading/changes.ts';
import {
  type ConflictClaimView,
  type ConflictView,
  claimBehind,
  conflictByKey,
  pageOfConflicts,
} from '../../services/reading/conflicts.ts';
import { factByKey } from '../../services/reading/facts.ts';
import { runByNumber } from '../../services/reading/sync-runs.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';

@ArgsType()
class ChangesArgs extends PageArgs {
  @Field(() => ChangeFilter, { nullable: true })
  filter?: ChangeFilter | null;

  @Field(() => [ChangeOrder], { nullable: true, description: 'SEQ_ASC, the order of the log, if left out.' })
  orderBy?: string[] | null;
}

@ArgsType()
class ConflictsArgs extends PageArgs {
  @Field(() => ConflictFilter, { nullable: true })
  filter?: ConflictFilter | null;

  @Field(() => [ConflictOrder], { nullable: true, description: 'OPENED_AT_DESC if left out.' })
  orderBy?: string[] | null;
}

const placed = (code: string | null, type: 'Province' | 'System', { reference }: ApiContext) =>
  code && reference.get(type, code);

@Resolver(() => Change)
export class ChangeResolver {
  @Query(() => ChangeConnection, {
    description: 'The log of what changed, from its beginning or after a cursor of it.',
  })
  changes(@Args(() => ChangesArgs) args: ChangesArgs, @Ctx() context: ApiContext) {
    return pageOfChanges(context, args);
  }

  @FieldResolver(() => Node, {
    description: 'The entity as it is after the change; for what was removed, as it was before.',
  })
  entity(@Root() change: ChangeView) {
    return entityOfChange(change);
  }

  @listOf(1)
  @FieldResolver(() => [Source], { description: 'Who is behind it.' })
  sources(@Root() change: ChangeView, @Ctx() { reference }: ApiContext) {
    return change.sourceCodes.map((code) => reference.get('Source', code));
  }

  @FieldResolver(() => SyncRun, { nullable: true, description: 'The run that brought it.' })
  run(@Root() change: ChangeView, @Ctx() context: ApiContext) {
    return change.runNumber === null ? null : runByNumber(context, change.runNumber);
  }

  @FieldResolver(() => Province, { nullable: true })
  province(@Root() change: ChangeView, @Ctx() context: ApiContext) {
    return placed(change.provinceCode, 'Province', context);
  }

  @FieldResolver(() => System, { nullable: true })
  system(@Root() change: ChangeView, @Ctx() context: ApiContext) {
    return placed(change.systemCode, 'System', context);
  }
}

@Resolver(() => Conflict)
export class ConflictResolver {
  @Query(() => ConflictConnection, { description: 'What sources disagree on, open and closed; newest first.' })
  conflicts(@Args(() => ConflictsArgs) args: ConflictsArgs, @Ctx() context: ApiContext) {
    return pageOfConflicts(context, args);
  }

  @FieldResolver(() => Described, { nullable: true, description: 'The entity; null when it has been removed since.' })
  entity(@Root() conflict: ConflictView, @Ctx() context: ApiContext) {
    return factByKey(context, conflict.kind, conflict.entityKey, conflict.clocks);
  }

  @FieldResolver(() => Province, { nullable: true })
  province(@Root() conflict: ConflictView, @Ctx() context: ApiContext) {
    return placed(conflict.provinceCode, 'Province', context);
  }

  @FieldResolver(() => System, { nullable: true })
  system(@Root() conflict: ConflictView, @Ctx() context: ApiContext) {
    return placed(conflict.systemCode, 'System', context);
  }

  @FieldResolver(() => DateTime, { nullable: true })
  async openedAt(@Root() conflict: ConflictView, @Ctx() context: ApiContext) {
    // The log does not repeat it with every change of the conflict.
    return conflict.openedAt ?? (await conflictByKey(context, conflict.key))?.openedAt ?? null;
  }
}

@Resolver(() => ConflictClaim)
export class ConflictClaimResolver {
  @FieldResolver(() => Source)
  source(@Root() claim: ConflictClaimView, @Ctx() { reference }: ApiContext) {
    return reference.get('Source', claim.sourceCode);
  }

  @FieldResolver(() => DateTime, { nullable: true })
  async observedAt(@Root() claim: ConflictClaimView, @Ctx() context: ApiContext) {
    return (await claimBehind(context, claim))?.observedAt ?? null;
  }

  @FieldResolver(() => Boolean)
  async chosen(@Root() claim: ConflictClaimView, @Ctx() context: ApiContext) {
    return (await claimBehind(context, claim))?.chosen ?? false;
  }
}
