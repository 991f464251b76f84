import { NotFoundError } from '../../errors/index.ts';
import { clocksOf } from '../../services/reading/clocks.ts';
import { keyOfArgument } from '../../services/reading/global-id.ts';
import type { ReferenceType, ReferenceViews } from '../../services/reading/views.ts';
import type { ApiContext } from '../context.ts';

/** The one of that code or id. Throws NOT_FOUND for a code that is none, so that a typing mistake does not look like an answer. */
export function byCode<Type extends ReferenceType>(
  { reference }: ApiContext,
  type: Type,
  args: { code: string; asOf?: Date | null; knownAt?: Date | null },
): ReferenceViews[Type] {
  const found = reference.find(type, keyOfArgument(type, args.code), clocksOf(args));
  if (!found) throw new NotFoundError(type.toLowerCase(), args.code);
  return found;
}
