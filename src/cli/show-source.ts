import { NotFoundError } from '../errors/index.ts';
import { pageOfRejections, type RejectionView } from '../services/reading/rejections.ts';
import { pageOfActions } from '../services/sources/actions.ts';
import { checkpointsOf } from '../services/sources/checkpoints.ts';
import { noticesOf } from '../services/sources/notices.ts';
import { openFleet, type SourceLine } from './fleet.ts';
import { shortDuration, shortened } from './fleet-table.ts';
import { withDatabase } from './open-database-for.ts';
import { type Terminal, toTable } from './terminal.ts';

const SHOWN_ACTIONS = 10;
const SHOWN_REJECTIONS = 10;

/** Everything that is known of how one source does. */
export async function showSource(terminal: Terminal, code: string, { json }: { json?: boolean }): Promise<void> {
  await withDatabase(terminal, async (database, config) => {
    const fleet = await openFleet(database, config);
    try {
      const [line] = await fleet.read([code]);
      if (!line) throw new NotFoundError('source', code);
      const reading = fleet.begin();
      const [notices, checkpoints, { nodes: actions }, { nodes: rejections }] = await Promise.all([
        noticesOf(reading, code, false),
        checkpointsOf(reading, code),
        pageOfActions(reading, code, { first: SHOWN_ACTIONS }),
        pageOfRejections(reading, { first: SHOWN_REJECTIONS, filter: { sources: [code], open: true } }),
      ]);
      if (json) {
        terminal.out(JSON.stringify({ ...line, notices, rejections: rejections.map(toJson), checkpoints, actions }));
        return;
      }
      const shownNotices = notices.map((notice) => [
        notice.id,
        notice.kind,
        notice.stream,
        notice.path,
        notice.sample,
        notice.count,
      ]);
      const shownRejections = rejections.map(({ id, count, lastAt, stream, path, reason }) => [
        id,
        count,
        lastAt.toISOString(),
        stream,
        path,
        shortened(reason),
      ]);
      const shownCheckpoints = checkpoints.map(({ stream, updatedAt, bytes }) => [
        stream,
        updatedAt.toISOString(),
        bytes,
      ]);
      const shownActions = actions.map(({ madeAt, action, madeBy, reason }) => [
        madeAt.toISOString(),
        action,
        madeBy,
        reason,
      ]);
      terminal.out(
        [
          describe(line),
          section('Notices', ['ID', 'WHAT', 'STREAM', 'WHERE', 'EXAMPLE', 'COUNT'], shownNotices),
          section('Open rejections', ['ID', 'TIMES', 'LAST', 'STREAM', 'WHERE', 'WHY'], shownRejections),
          section('Checkpoints', ['STREAM', 'WRITTEN', 'BYTES'], shownCheckpoints),
          section('Actions', ['AT', 'WHAT', 'BY', 'WHY'], shownActions),
        ]
          .filter((part) => part !== '')
          .join('\n\n'),
      );
    } finally {
      await fleet.close();
    }
  });
}

/** Without the record: it may be long, and `rejections` in GraphQL has it. */
function toJson({ id, stream, reason, path, contractVersion, count, at, lastAt, runNumber }: RejectionView): object {
  return { id, stream, reason, path, contractVersion, count, at, lastAt, run: runNumber };
}

function describe(line: SourceLine): string {
  const { id, name, connector, schedule, health, healthReason, freshness, lagSeconds, nextRunAt } = line;
  return [
    `${id}: ${name}`,
    `  connector   ${connector}${schedule ? `, ${schedule}` : ''}`,
    `  health      ${health}: ${healthReason}`,
    `  freshness   ${freshness}${line.staleSince ? `, since ${line.staleSince.toISOString()}` : ''}`,
    `  lag         ${lagSeconds === null ? '–' : shortDuration(lagSeconds)}`,
    `  next run    ${nextRunAt?.toISOString() ?? '–'}`,
    `  open        ${line.openRejections} rejections, ${line.openConflicts} conflicts`,
  ].join('\n');
}

function section(title: string, head: string[], rows: ReadonlyArray<ReadonlyArray<string | number | null>>): string {
  return rows.length === 0 ? '' : `${title}\n${toTable(head, rows)}`;
}
