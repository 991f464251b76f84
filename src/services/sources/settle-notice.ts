import { sql } from 'kysely';
import { ConflictError } from '../../errors/index.ts';
import { keyOfArgument } from '../reading/global-id.ts';
import type { Reading } from '../reading/reading.ts';
import { requireOperator } from '../require-role.ts';
import { actOnSource, type SourceActionParts, type SourceActionResult } from './act-on-source.ts';
import { noticeByNumber } from './notices.ts';

/** Says that a notice has been seen to. It comes back by itself if a later contract meets the same again. */
export async function settleNotice(
  reading: Reading,
  request: { readonly id: string; readonly reason: string },
  { database }: Pick<SourceActionParts, 'database'>,
): Promise<SourceActionResult> {
  requireOperator(reading.rights);
  const number = Number(keyOfArgument('SourceNotice', request.id));
  const notice = Number.isSafeInteger(number) ? await noticeByNumber(reading, number) : null;
  if (!notice) return refused(request.id);
  const { stream, kind, path, sample } = notice;
  return actOnSource(
    reading,
    { source: notice.sourceCode, reason: request.reason },
    {
      name: 'SETTLE_NOTICE',
      arguments: { stream, kind, path, sample },
      kinds: ['pull', 'push'],
      perform: ({ now, record }) =>
        database.fork().transactional(async (em) => {
          const settled = await sql`update source_notice set settled_at = ${now}
            where id = ${number} and settled_at is null returning id`.execute(em.getKysely());
          if (settled.rows.length === 0) throw new ConflictError('This notice has been settled before.');
          await record(em as never, null);
          return null;
        }),
    },
  );
}

function refused(id: string): SourceActionResult {
  const error = { code: 'NOT_FOUND' as const, message: `There is no notice "${id}".`, path: ['id'] };
  return { source: null, action: null, run: null, errors: [error] };
}
