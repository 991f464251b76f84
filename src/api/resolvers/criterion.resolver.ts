import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { DateTime } from '../../../schema/scalars/index.ts';
import { CodeArgs, TimeArgs } from '../../../schema/types/arguments.ts';
import { Criterion } from '../../../schema/types/criterion.ts';
import { CriterionCount, Readiness } from '../../../schema/types/facts.ts';
import { Province, System } from '../../../schema/types/reference.ts';
import { clocksOf } from '../../services/reading/clocks.ts';
import {
  claimedCount,
  completedCount,
  completedDelta,
  isOverdue,
  provincesBy,
  visibleProvinces,
} from '../../services/reading/criteria.ts';
import { factsOf } from '../../services/reading/facts.ts';
import type { CriterionView } from '../../services/reading/views.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';
import { byCode } from './by-code.ts';

const PROVINCES = 34;
const CRITERIA = 26;

@Resolver(() => Criterion)
export class CriterionResolver {
  @listOf(CRITERIA)
  @Query(() => [Criterion], { description: 'The 26 criteria, in the order of the report.' })
  criteria(@Args(() => TimeArgs) times: TimeArgs, @Ctx() { reference }: ApiContext) {
    return reference.all('Criterion', clocksOf(times));
  }

  @Query(() => Criterion, { nullable: true })
  criterion(@Args(() => CodeArgs) args: CodeArgs, @Ctx() context: ApiContext) {
    return byCode(context, 'Criterion', args);
  }

  @FieldResolver(() => System, { nullable: true, description: 'The system that it is about, where it is about one.' })
  system(@Root() criterion: CriterionView, @Ctx() { reference }: ApiContext) {
    return criterion.systemCode && reference.get('System', criterion.systemCode, criterion.clocks);
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'In how many provinces it is completed; null when nobody has said anything of it by then.',
  })
  completedCount(@Root() criterion: CriterionView, @Ctx() context: ApiContext) {
    return completedCount(context, criterion);
  }

  @FieldResolver(() => Int, { description: 'Out of how many provinces: the 34, or those that the key may see.' })
  total(@Root() criterion: CriterionView, @Ctx() context: ApiContext) {
    return visibleProvinces(context, criterion.clocks).length;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'How many more are completed than at that time; null when one of the two counts is not known.',
  })
  delta(@Root() criterion: CriterionView, @Ctx() context: ApiContext, @Arg('since', () => DateTime) since: Date) {
    return completedDelta(context, criterion, since);
  }

  @listOf(PROVINCES)
  @FieldResolver(() => [Province], { description: 'The provinces that are known to have completed it.' })
  completed(@Root() criterion: CriterionView, @Ctx() context: ApiContext) {
    return provincesBy(context, criterion, 'completed');
  }

  @listOf(PROVINCES)
  @FieldResolver(() => [Province], { description: 'The provinces that are known not to have completed it.' })
  missing(@Root() criterion: CriterionView, @Ctx() context: ApiContext) {
    return provincesBy(context, criterion, 'missing');
  }

  @listOf(PROVINCES)
  @FieldResolver(() => [Province], {
    description:
      'The provinces of which nobody has said by then. With those completed and missing they make up the total.',
  })
  unknown(@Root() criterion: CriterionView, @Ctx() context: ApiContext) {
    return provincesBy(context, criterion, 'unknown');
  }

  @listOf(PROVINCES)
  @FieldResolver(() => [Readiness])
  readiness(
    @Root() criterion: CriterionView,
    @Ctx() context: ApiContext,
    @Arg('completed', () => Boolean, { nullable: true }) completed?: boolean | null,
  ) {
    const filter = completed == null ? null : { completed };
    return factsOf(context, 'readiness', { part: 'criterion', code: criterion.code }, criterion.clocks, filter);
  }

  @FieldResolver(() => CriterionCount, { nullable: true, description: 'What documents claim of it as a whole.' })
  claimed(@Root() criterion: CriterionView, @Ctx() context: ApiContext) {
    return claimedCount(context, criterion);
  }

  @FieldResolver(() => Int, { nullable: true, description: 'The count that the summary of the report claims.' })
  async claimedCount(@Root() criterion: CriterionView, @Ctx() context: ApiContext) {
    return (await claimedCount(context, criterion))?.attributes.completedCount ?? null;
  }

  @FieldResolver(() => Boolean, {
    description:
      "Whether the deadline has passed, by the domain's clock or at `asOf`, and not all provinces are known to be done.",
  })
  overdue(@Root() criterion: CriterionView, @Ctx() context: ApiContext) {
    return isOverdue(context, criterion);
  }
}
