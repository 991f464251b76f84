import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { CorrectInput } from '../../../schema/types/inputs/correct-input.ts';
import { SyncRun } from '../../../schema/types/operations-state.ts';
import { CorrectPayload, WithdrawCorrectionPayload } from '../../../schema/types/payloads.ts';
import { correct } from '../../services/corrections/correct.ts';
import { withdraw } from '../../services/corrections/withdraw.ts';
import { syncNow } from '../../services/sources/run-source.ts';
import type { ApiContext } from '../context.ts';

/** Each needs a key of an operator or an admin. */
@Resolver()
export class MutationResolver {
  @Mutation(() => SyncRun, {
    description:
      'Runs a source now, a paused one too, or joins the read that is going on; CONFLICT while a backfill or a replay is. Who and why is recorded. Needs an operator.',
  })
  async syncNow(
    @Arg('source', () => ID, { description: 'The code of a source, or its id.' }) source: string,
    @Arg('reason', () => String, { nullable: true, description: 'Why; kept with the record of who asked.' })
    reason: string | null,
    @Ctx() context: ApiContext,
  ) {
    return (await syncNow(context, { source, reason }, context.parts)).run;
  }

  @Mutation(() => CorrectPayload, {
    description: 'Says what is so, above all other sources, until it is withdrawn. Needs an operator.',
  })
  correct(@Arg('input', () => CorrectInput) input: CorrectInput, @Ctx() context: ApiContext) {
    return correct(context, input, context.parts);
  }

  @Mutation(() => WithdrawCorrectionPayload, { description: 'Takes a correction back. Needs an operator.' })
  withdrawCorrection(
    @Arg('id', () => ID) id: string,
    @Arg('reason', () => String) reason: string,
    @Ctx() context: ApiContext,
  ) {
    return withdraw(context, { id, reason }, context.parts);
  }
}
