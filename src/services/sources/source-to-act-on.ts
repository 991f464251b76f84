import { BadUserInputError, ForbiddenError, NotFoundError } from '../../errors/index.ts';
import { keyOfArgument } from '../reading/global-id.ts';
import type { Reading } from '../reading/reading.ts';
import type { SourceView } from '../reading/views.ts';

/**
 * The source that an operator means, if their key reaches it.
 * @param kinds the kinds of source that the action makes sense for.
 * @throws NOT_FOUND, FORBIDDEN for one beyond the scope of the key, BAD_USER_INPUT for a voice or a kind that cannot be
 * acted on so.
 */
export async function sourceToActOn(reading: Reading, argument: string, kinds: readonly string[]): Promise<SourceView> {
  const { rights, reference } = reading;
  const code = keyOfArgument('Source', argument);
  if (!reference.find('Source', code)) await reference.refresh();
  const found = reference.find('Source', code);
  if (!found) throw new NotFoundError('source', argument);
  const { sources, provinces } = rights;
  if (sources && !sources.includes(code)) throw new ForbiddenError('Your key is limited to other sources.');
  if (provinces && !found.scopeProvinces?.every((province) => provinces.includes(province))) {
    throw new ForbiddenError('Your key is limited to provinces, and this source speaks of others.');
  }
  if (kinds.includes(found.kind)) return found;
  if (found.parentCode) {
    throw new BadUserInputError(`"${code}" is a voice of "${found.parentCode}"; name that one instead.`);
  }
  const hint = found.kind === 'push' ? ' What it sent can be replayed, and it can be paused.' : '';
  throw new BadUserInputError(`The hub does not ask "${code}", so there is nothing to run or begin anew.${hint}`);
}
