import { Command, InvalidArgumentError } from 'commander';
import { pauseSource, resumeSource } from '../../services/sources/pause.ts';
import { resetCheckpoint } from '../../services/sources/reset-checkpoint.ts';
import { backfillSource, replayRejections, replaySource, syncNow } from '../../services/sources/run-source.ts';
import { settleNotice } from '../../services/sources/settle-notice.ts';
import { type ActionOptions, actHere } from '../act-here.ts';
import type { CommandParts } from '../program.ts';
import { showSource } from '../show-source.ts';

const EXAMPLES = `
Examples:
  lienthong source show khcn
  lienthong source pause vnpt --reason "Bảo trì đến 22:00"
  lienthong source resume vnpt --reason "Đã xong"
  lienthong source backfill party-operations --from 2025-06-20 --to 2025-06-27 --reason "Thiếu một tuần"
  lienthong source replay khcn --since 2025-06-27T00:00:00+07:00 --reason "Đã sửa quy tắc đọc"
  lienthong source retry-rejections khcn --reason "Đã sửa quy tắc đọc"
  lienthong source reset dvcqg --stream coverage --reason "Đọc lại từ đầu"

Days without a time begin at midnight in Viet Nam. Each is recorded with who sat at the command line and why.`;

/** `lienthong source …`: what operators do to one source. What runs, runs in this process, with or without a hub. */
export function sourceCommand(parts: CommandParts): Command {
  const command = new Command('source').description('act on one source, and say why').addHelpText('after', EXAMPLES);
  command
    .command('show')
    .description('how a source does, what was noticed of it, and what was done to it')
    .argument('<source>', 'id of a source')
    .option('--json', 'one JSON object')
    .action((source: string, options: { json?: boolean }) => showSource(parts.terminal, source, options));
  actionOn(
    command,
    'pause',
    'leave a source unread, and refuse what it sends, until it is resumed; through restarts too',
  ).action((source: string, options: ActionOptions) =>
    actHere(parts, source, options, (reading, request, port) => pauseSource(reading, request, port)),
  );
  actionOn(command, 'resume', 'let a paused source be read again, and read it now; or take what it sends again').action(
    (source: string, options: ActionOptions) =>
      actHere(parts, source, options, (reading, request, port) => resumeSource(reading, request, port)),
  );
  actionOn(command, 'run', 'read a source now; if it is being read, wait for that').action(
    (source: string, options: ActionOptions) =>
      actHere(parts, source, options, (reading, request, port) => syncNow(reading, request, port)),
  );
  actionOn(command, 'backfill', 'read again what the upstream has of a range of its time')
    .requiredOption('--from <time>', 'from this day or time on', parseTime)
    .requiredOption('--to <time>', 'up to this day or time', parseTime)
    .action((source: string, { from, to, ...options }: ActionOptions & { from: Date; to: Date }) =>
      actHere(parts, source, options, (reading, request, port) =>
        backfillSource(reading, { ...request, from, to }, port),
      ),
    );
  command.addCommand(replayCommand(parts));
  actionOn(command, 'retry-rejections', 'convert again what was rejected, and settle what passes now')
    .option('--id <ids...>', 'only these rejections')
    .action((source: string, { id, ...options }: ActionOptions & { id?: string[] }) =>
      actHere(parts, source, options, (reading, request, port) =>
        replayRejections(reading, { ...request, rejections: id ?? null }, port),
      ),
    );
  actionOn(command, 'reset', 'forget how far a source was read, so that its next run begins anew')
    .option('--stream <name>', 'only this stream')
    .action((source: string, { stream, ...options }: ActionOptions & { stream?: string }) =>
      actHere(parts, source, options, (reading, request, port) =>
        resetCheckpoint(reading, { ...request, stream: stream ?? null }, port),
      ),
    );
  actionOn(
    command,
    'settle',
    'say that a notice has been seen to; `source show` lists them',
    '<notice>',
    'id of a notice',
  ).action((notice: string, options: ActionOptions) =>
    actHere(parts, null, options, (reading, { reason }, port) => settleNotice(reading, { id: notice, reason }, port)),
  );
  return command;
}

/** `lienthong replay <source>`, and the same below `source`. */
export function replayCommand(parts: CommandParts): Command {
  return new Command('replay')
    .description('decode again what is stored of a source’s answers, by today’s contract; asks the upstream nothing')
    .argument('<source>', 'id of a source')
    .requiredOption('--reason <text>', 'why; kept with the record')
    .option('--stream <name>', 'only this stream')
    .option('--since <time>', 'only answers given on this day or time, or later', parseTime)
    .option('--until <time>', 'only answers given before this day or time', parseTime)
    .option('--json', 'for scripts')
    .addHelpText('after', '\nExample:\n  lienthong replay khcn --since 2025-06-27 --reason "Đã sửa quy tắc đọc"')
    .action((source: string, options: ActionOptions & { stream?: string; since?: Date; until?: Date }) => {
      const { stream = null, since = null, until = null } = options;
      return actHere(parts, source, options, (reading, request, port) =>
        replaySource(reading, { ...request, stream, since, until }, port),
      );
    });
}

function actionOn(
  parent: Command,
  name: string,
  description: string,
  argument = '<source>',
  what = 'id of a source',
): Command {
  return parent
    .command(name)
    .description(description)
    .argument(argument, what)
    .requiredOption('--reason <text>', 'why; kept with the record')
    .option('--json', 'for scripts');
}

/** A day, which begins at midnight in Viet Nam, or a time with its zone. */
export function parseTime(text: string): Date {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const time = new Date(isDay ? `${text}T00:00:00+07:00` : text);
  if ((isDay || isTime) && !Number.isNaN(time.getTime()) && isCalendarDay(text.slice(0, 10))) return time;
  throw new InvalidArgumentError(
    'Write a day, e.g. 2025-06-27, or a time with its zone, e.g. 2025-06-27T12:15:00+07:00.',
  );
}

/** `Date` takes 31 June for 1 July, and the range would be another than was meant. */
function isCalendarDay(day: string): boolean {
  const begin = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(begin.getTime()) && begin.toISOString().startsWith(day);
}
