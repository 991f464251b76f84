import { sql } from 'kysely';
import { BadCursorError, HubError } from '../../errors/index.ts';
import { decodeCursor, encodeCursor } from '../../lib/cursor.ts';
import { type Reading, remembered } from './reading.ts';

/** A cursor of the change log that cannot be resumed: of another log, of the future, or older than what is kept. */
export class StaleCursorError extends HubError {
  override readonly code = 'BAD_CURSOR';
  override readonly details: Readonly<Record<string, unknown>>;

  constructor(reason: 'EPOCH' | 'FUTURE' | 'EXPIRED', restartFrom: string) {
    const why = {
      EPOCH: 'is of another change log',
      FUTURE: 'is ahead of the change log',
      EXPIRED: 'is older than what the change log keeps',
    }[reason];
    super(`"after" ${why}. Fetch the state anew and go on from the cursor in "restartFrom".`);
    this.details = { reason, restartFrom };
  }
}

export interface LogBounds {
  readonly epoch: string;
  readonly oldestSeq: number;
  readonly lastSeq: number;
}

/** Where the log begins and ends; asked once per request. */
export function logBounds(reading: Reading): Promise<LogBounds> {
  return remembered(reading, 'logBounds', async () => {
    const [row] = await reading.reader.rows<LogBounds>(sql`
      select epoch, oldest_seq as "oldestSeq",
        greatest(coalesce((select max(seq) from change), 0), oldest_seq - 1) as "lastSeq" from change_log`);
    if (!row) throw new Error('the change log has not been initialised');
    return row;
  });
}

/** The seq that a cursor stands for. Throws BAD_CURSOR for one that cannot be resumed. */
export function seqOfCursor(cursor: string, bounds: LogBounds): number {
  const position = decodeCursor(cursor);
  if (!position) throw new BadCursorError();
  const restartFrom = encodeCursor({ epoch: bounds.epoch, seq: bounds.lastSeq });
  if (position.epoch !== bounds.epoch) throw new StaleCursorError('EPOCH', restartFrom);
  if (position.seq > bounds.lastSeq) throw new StaleCursorError('FUTURE', restartFrom);
  if (position.seq < bounds.oldestSeq - 1) throw new StaleCursorError('EXPIRED', restartFrom);
  return position.seq;
}
