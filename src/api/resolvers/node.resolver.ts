import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { TimeArgs } from '../../../schema/types/arguments.ts';
import { Node } from '../../../schema/types/node.ts';
import { LimitError } from '../../errors/index.ts';
import { clocksOf, NOW } from '../../services/reading/clocks.ts';
import { nodeById } from '../../services/reading/node.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../limits/list-size.ts';

const MAX_IDS = 100;

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'The object of that id; null where there is none.' })
  node(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext) {
    // Relay takes a `node` with one argument only; `nodes` reads at other times.
    return nodeById(context, id, NOW);
  }

  @listOf(MAX_IDS)
  @Query(() => [Node], { nullable: 'items', description: 'The objects of those ids, in their order; at most 100.' })
  nodes(@Arg('ids', () => [ID]) ids: string[], @Args(() => TimeArgs) times: TimeArgs, @Ctx() context: ApiContext) {
    if (ids.length > MAX_IDS) {
      const message = `"ids" may hold ${MAX_IDS} at the most, not ${ids.length}.`;
      throw new LimitError('LIMIT_PAGE_SIZE', message, { limit: MAX_IDS, requested: ids.length });
    }
    const clocks = clocksOf(times);
    return ids.map((id) => nodeById(context, id, clocks));
  }
}
