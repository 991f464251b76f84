import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Measured, MeasurementClaim } from '../../../schema/types/measured.ts';
import { Source, SyncRun } from '../../../schema/types/operations-state.ts';
import { earlierOf, type MeasuredView, type MeasurementClaimView, othersOf } from '../../services/reading/measured.ts';
import { runByNumber } from '../../services/reading/sync-runs.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';

const runOf = (number: number | null, context: ApiContext) => (number === null ? null : runByNumber(context, number));

@Resolver(() => Measured)
export class MeasuredResolver {
  @FieldResolver(() => Source, { description: 'Who says it.' })
  source(@Root() view: MeasuredView, @Ctx() { reference }: ApiContext) {
    return reference.get('Source', view.codes.source);
  }

  @FieldResolver(() => SyncRun, { nullable: true, description: 'The run that brought it.' })
  run(@Root() view: MeasuredView, @Ctx() context: ApiContext) {
    return runOf(view.runNumber, context);
  }

  @listOf(1)
  @FieldResolver(() => [MeasurementClaim])
  others(@Root() view: MeasuredView, @Ctx() context: ApiContext) {
    return othersOf(context, view);
  }

  @listOf(1)
  @FieldResolver(() => [MeasurementClaim])
  earlier(@Root() view: MeasuredView, @Ctx() context: ApiContext) {
    return earlierOf(context, view);
  }
}

@Resolver(() => MeasurementClaim)
export class MeasurementClaimResolver {
  @FieldResolver(() => Source)
  source(@Root() claim: MeasurementClaimView, @Ctx() { reference }: ApiContext) {
    return reference.get('Source', claim.sourceCode);
  }

  @FieldResolver(() => SyncRun, { nullable: true, description: 'The run that brought it.' })
  run(@Root() claim: MeasurementClaimView, @Ctx() context: ApiContext) {
    return runOf(claim.runNumber, context);
  }
}
