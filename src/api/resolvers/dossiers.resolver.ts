import { Args, ArgsType, Ctx, Field, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { DossierGroup, DossierOrder, DossierTotalOrder } from '../../../schema/scalars/enums.ts';
import { TimedPageArgs } from '../../../schema/types/arguments.ts';
import { DossierStatisticsConnection, DossierTotalConnection } from '../../../schema/types/connections.ts';
import { DossierDay, DossierStatistics, DossierTotal } from '../../../schema/types/dossiers.ts';
import { DossierFilter } from '../../../schema/types/inputs/dossier-filters.ts';
import { Source } from '../../../schema/types/operations-state.ts';
import { Province } from '../../../schema/types/reference.ts';
import { clocksOf } from '../../services/reading/clocks.ts';
import { type DossierTotalView, pageOfDossierTotals } from '../../services/reading/dossier-totals.ts';
import { type DossierDayView, type DossierView, pageOfDossiers } from '../../services/reading/dossiers.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';

@ArgsType()
class DossierStatisticsArgs extends TimedPageArgs {
  @Field(() => DossierFilter, { nullable: true })
  filter?: DossierFilter | null;

  @Field(() => [DossierOrder], { nullable: true })
  orderBy?: string[] | null;
}

@ArgsType()
class DossierTotalsArgs extends TimedPageArgs {
  @Field(() => [DossierGroup])
  groupBy!: string[];

  @Field(() => DossierFilter, { nullable: true })
  filter?: DossierFilter | null;

  @Field(() => [DossierTotalOrder], { nullable: true })
  orderBy?: string[] | null;
}

@Resolver(() => DossierStatistics)
export class DossierStatisticsResolver {
  @Query(() => DossierStatisticsConnection, {
    description:
      'Dossiers by commune (or province as a whole), procedure and day; of each the source of the best standing.',
  })
  dossierStatistics(@Args(() => DossierStatisticsArgs) args: DossierStatisticsArgs, @Ctx() context: ApiContext) {
    return pageOfDossiers(context, args, clocksOf(args));
  }

  @FieldResolver(() => Province)
  province(@Root() row: DossierView, @Ctx() { reference }: ApiContext) {
    return reference.get('Province', row.codes.province, row.clocks);
  }
}

@Resolver(() => DossierTotal)
export class DossierTotalResolver {
  @Query(() => DossierTotalConnection, { description: 'Dossiers added up.' })
  dossierTotals(@Args(() => DossierTotalsArgs) args: DossierTotalsArgs, @Ctx() context: ApiContext) {
    return pageOfDossierTotals(context, args, clocksOf(args));
  }

  @FieldResolver(() => Province, { nullable: true })
  province(@Root() row: DossierTotalView, @Ctx() { reference }: ApiContext) {
    return row.province === null ? null : reference.get('Province', row.province, row.clocks);
  }

  @listOf(2)
  @FieldResolver(() => [Source], { description: 'Who says it; each also says whether it is simulated.' })
  sources(@Root() row: DossierTotalView, @Ctx() { reference }: ApiContext) {
    return row.sources.map((code) => reference.get('Source', code));
  }
}

@Resolver(() => DossierDay)
export class DossierDayResolver {
  @FieldResolver(() => Province)
  province(@Root() day: DossierDayView, @Ctx() { reference }: ApiContext) {
    return reference.get('Province', day.codes.province, day.clocks);
  }

  @FieldResolver(() => Source, { description: 'Who says it.' })
  source(@Root() day: DossierDayView, @Ctx() { reference }: ApiContext) {
    return reference.get('Source', day.codes.source);
  }
}
