import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { FactKindName } from '../../../schema/kinds/index.ts';
import { PageArgs } from '../../../schema/types/arguments.ts';
import { CorrectionConnection, RejectionConnection, SyncRunConnection } from '../../../schema/types/connections.ts';
import { Described } from '../../../schema/types/described.ts';
import { CorrectionFilter, RejectionFilter, SyncRunFilter } from '../../../schema/types/inputs/log-filters.ts';
import { Correction, Rejection, Source, SourceHoldings, SyncRun } from '../../../schema/types/operations-state.ts';
import { NotFoundError } from '../../errors/index.ts';
import { type CorrectionView, pageOfCorrections } from '../../services/reading/corrections.ts';
import { factByKey } from '../../services/reading/facts.ts';
import { keyOfArgument } from '../../services/reading/global-id.ts';
import { pageOfRejections, type RejectionView } from '../../services/reading/rejections.ts';
import { visibleSources } from '../../services/reading/sources.ts';
import { holdingsOf, lastRunOf, pageOfRuns, runByNumber, type SyncRunView } from '../../services/reading/sync-runs.ts';
import type { SourceView } from '../../services/reading/views.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';

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

@Resolver(() => Source)
export class SourceResolver {
  @listOf(45)
  @Query(() => [Source], { description: 'Every voice that makes claims.' })
  sources(@Ctx() context: ApiContext) {
    return visibleSources(context);
  }

  @Query(() => Source, { nullable: true })
  source(@Arg('code', () => ID, { description: 'The code, or the id.' }) code: string, @Ctx() context: ApiContext) {
    const wanted = keyOfArgument('Source', code);
    const found = visibleSources(context).find((source) => source.code === wanted);
    if (!found) throw new NotFoundError('source', code);
    return found;
  }

  @FieldResolver(() => Source, { nullable: true, description: 'Of a voice: the source that delivers it.' })
  parent(@Root() source: SourceView, @Ctx() { reference }: ApiContext) {
    return source.parentCode && reference.get('Source', source.parentCode);
  }

  @FieldResolver(() => SyncRun, { nullable: true, description: 'Its newest run.' })
  lastRun(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return lastRunOf(context, source.code);
  }

  @FieldResolver(() => SourceHoldings, { description: 'What the hub now holds of it.' })
  holdings(@Root() source: SourceView, @Ctx() context: ApiContext) {
    return holdingsOf(context, source.code);
  }
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
}

@Resolver(() => Rejection)
export class RejectionResolver {
  @Query(() => RejectionConnection, { description: 'Records that broke the contract of their upstream, newest first.' })
  rejections(@Args(() => RejectionsArgs) args: RejectionsArgs, @Ctx() context: ApiContext) {
    return pageOfRejections(context, args);
  }

  @FieldResolver(() => Source)
  source(@Root() rejection: RejectionView, @Ctx() { reference }: ApiContext) {
    return reference.get('Source', rejection.sourceCode);
  }

  @FieldResolver(() => SyncRun, { nullable: true })
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
