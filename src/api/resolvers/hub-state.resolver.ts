import { Args, ArgsType, Ctx, Field, FieldResolver, Float, Query, Resolver, Root } from 'type-graphql';
import type { FactKindName } from '../../../schema/kinds/index.ts';
import { PageArgs } from '../../../schema/types/arguments.ts';
import { CorrectionConnection, RejectionConnection, SyncRunConnection } from '../../../schema/types/connections.ts';
import { Described } from '../../../schema/types/described.ts';
import { CorrectionFilter, RejectionFilter, SyncRunFilter } from '../../../schema/types/inputs/log-filters.ts';
import { Correction, Rejection, Source, SyncRun } from '../../../schema/types/operations-state.ts';
import { type CorrectionView, pageOfCorrections } from '../../services/reading/corrections.ts';
import { factByKey } from '../../services/reading/facts.ts';
import { pageOfRejections, type RejectionView } from '../../services/reading/rejections.ts';
import { pageOfRuns, percentOf, runByNumber, type SyncRunView } from '../../services/reading/sync-runs.ts';
import type { ApiContext } from '../context.ts';

@ArgsType()
class SyncRunsArgs extends PageArgs {
  @Field(() => SyncRunFilter, { nullable: true })
  filter?: SyncRunFilter | null;
}

@ArgsType()
class RejectionsArgs extends PageArgs {
  @Field(() => RejectionFilter, { nullable: true })
  filter?: RejectionFilter | null;
}

@ArgsType()
class CorrectionsArgs extends PageArgs {
  @Field(() => CorrectionFilter, { nullable: true })
  filter?: CorrectionFilter | null;
}

@Resolver(() => SyncRun)
export class SyncRunResolver {
  @Query(() => SyncRunConnection, { description: 'Runs of connectors, newest first.' })
  syncRuns(@Args(() => SyncRunsArgs) args: SyncRunsArgs, @Ctx() context: ApiContext) {
    return pageOfRuns(context, args);
  }

  @FieldResolver(() => Source)
  source(@Root() run: SyncRunView, @Ctx() { reference }: ApiContext) {
    return reference.get('Source', run.sourceCode);
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description:
      'How much of it is done, 0 to 100, as far as the upstream says how much there is: of several streams each counts alike. Null while nothing is known.',
  })
  percent(@Root() run: SyncRunView) {
    return percentOf(run);
  }
}

@Resolver(() => Rejection)
export class RejectionResolver {
  @Query(() => RejectionConnection, {
    description: 'Records that broke the contract of their upstream, newest first by when each first came.',
  })
  rejections(@Args(() => RejectionsArgs) args: RejectionsArgs, @Ctx() context: ApiContext) {
    return pageOfRejections(context, args);
  }

  @FieldResolver(() => Source)
  source(@Root() rejection: RejectionView, @Ctx() { reference }: ApiContext) {
    return reference.get('Source', rejection.sourceCode);
  }

  @FieldResolver(() => SyncRun, { nullable: true, description: 'The run that it last came with.' })
  run(@Root() rejection: RejectionView, @Ctx() context: ApiContext) {
    return rejection.runNumber === null ? null : runByNumber(context, rejection.runNumber);
  }
}

@Resolver(() => Correction)
export class CorrectionResolver {
  @Query(() => CorrectionConnection, { description: 'What operators corrected, newest first.' })
  corrections(@Args(() => CorrectionsArgs) args: CorrectionsArgs, @Ctx() context: ApiContext) {
    return pageOfCorrections(context, args);
  }

  @FieldResolver(() => Described, { nullable: true, description: 'The entity as it is now.' })
  entity(@Root() correction: CorrectionView, @Ctx() context: ApiContext) {
    return factByKey(context, correction.kind as FactKindName, correction.entityKey, correction.clocks);
  }
}
