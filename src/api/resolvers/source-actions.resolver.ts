import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { DateTime } from '../../../schema/scalars/index.ts';
import { SourceActionPayload } from '../../../schema/types/source-state.ts';
import { pauseSource, resumeSource } from '../../services/sources/pause.ts';
import { resetCheckpoint } from '../../services/sources/reset-checkpoint.ts';
import { backfillSource, replayRejections, replaySource } from '../../services/sources/run-source.ts';
import { settleNotice } from '../../services/sources/settle-notice.ts';
import type { ApiContext } from '../context.ts';

const SOURCE = { description: 'The code of a source, or its id.' };
const REASON = { description: 'Why; kept with the record of who did it.' };
const STREAM = { nullable: true, description: 'One stream only; left out, all of them.' };

/** What operators do to sources. Each needs a key of an operator or an admin that reaches the source. */
@Resolver()
export class SourceActionsResolver {
  @Mutation(() => SourceActionPayload, {
    description:
      'Leaves a source unread, and refuses what it sends, until it is resumed, through restarts too. A run that is going on ends by itself. Needs an operator.',
  })
  pauseSource(
    @Arg('source', () => ID, SOURCE) source: string,
    @Arg('reason', () => String, REASON) reason: string,
    @Ctx() context: ApiContext,
  ) {
    return pauseSource(context, { source, reason }, context.parts);
  }

  @Mutation(() => SourceActionPayload, {
    description:
      'Lets a paused source be read on its schedule again, and reads it at once; or takes what it sends again. CONFLICT while a backfill or a replay is going on. Needs an operator.',
  })
  resumeSource(
    @Arg('source', () => ID, SOURCE) source: string,
    @Arg('reason', () => String, REASON) reason: string,
    @Ctx() context: ApiContext,
  ) {
    return resumeSource(context, { source, reason }, context.parts);
  }

  @Mutation(() => SourceActionPayload, {
    description:
      'Reads again what the upstream has of a range of its time, and leaves out what a list gives from beyond its end; the next run on schedule goes on where it was. Needs an operator.',
  })
  backfillSource(
    @Arg('source', () => ID, SOURCE) source: string,
    @Arg('from', () => DateTime) from: Date,
    @Arg('to', () => DateTime) to: Date,
    @Arg('reason', () => String, REASON) reason: string,
    @Ctx() context: ApiContext,
  ) {
    return backfillSource(context, { source, from, to, reason }, context.parts);
  }

  @Mutation(() => SourceActionPayload, {
    description:
      'Decodes what is stored of earlier answers by the contract and mapping of today; the upstream is not asked. Needs an operator.',
  })
  replaySource(
    @Arg('source', () => ID, SOURCE) source: string,
    @Arg('reason', () => String, REASON) reason: string,
    @Arg('stream', () => String, STREAM) stream: string | null,
    @Arg('since', () => DateTime, { nullable: true, description: 'Answers given at this time or later.' })
    since: Date | null,
    @Arg('until', () => DateTime, { nullable: true, description: 'Answers given before this time.' })
    until: Date | null,
    @Ctx() context: ApiContext,
  ) {
    return replaySource(context, { source, reason, stream, since, until }, context.parts);
  }

  @Mutation(() => SourceActionPayload, {
    description: 'Converts again what was rejected, and settles what passes now. Needs an operator.',
  })
  replayRejections(
    @Arg('source', () => ID, SOURCE) source: string,
    @Arg('reason', () => String, REASON) reason: string,
    @Arg('rejections', () => [ID], { nullable: true, description: 'Ids of rejections; left out, all that are open.' })
    rejections: string[] | null,
    @Ctx() context: ApiContext,
  ) {
    return replayRejections(context, { source, reason, rejections }, context.parts);
  }

  @Mutation(() => SourceActionPayload, {
    description:
      'Forgets how far a source has been read, so that its next run begins anew; what was stored stays. Refused while a run goes on. Needs an operator.',
  })
  resetCheckpoint(
    @Arg('source', () => ID, SOURCE) source: string,
    @Arg('reason', () => String, REASON) reason: string,
    @Arg('stream', () => String, STREAM) stream: string | null,
    @Ctx() context: ApiContext,
  ) {
    return resetCheckpoint(context, { source, reason, stream }, context.parts);
  }

  @Mutation(() => SourceActionPayload, {
    description:
      'Says that a notice has been seen to; it comes back if a later contract meets the same again. Needs an operator.',
  })
  settleNotice(
    @Arg('id', () => ID, { description: 'The id of a notice.' }) id: string,
    @Arg('reason', () => String, REASON) reason: string,
    @Ctx() context: ApiContext,
  ) {
    return settleNotice(context, { id, reason }, context.parts);
  }
}
