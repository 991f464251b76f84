import { Command, InvalidArgumentError } from 'commander';
import type { ReadPage } from '../../../connectors/kit/connector.ts';
import { ConnectorError } from '../../../connectors/kit/connector-error.ts';
import type { Observation } from '../../../schema/observation.ts';
import { type ErrorCode, HubError } from '../../errors/index.ts';
import { counted } from '../counted.ts';
import { EXIT } from '../exit-codes.ts';
import { withDatabaseIfAny } from '../open-database-for.ts';
import type { CommandParts } from '../program.ts';
import { requireAsked } from '../require-asked.ts';
import { type SourceWork, withSource } from '../source-context.ts';
import { showProgress, type Terminal } from '../terminal.ts';

interface ReadOptions {
  readonly limit?: number;
  readonly json?: boolean;
}

interface Totals {
  pages: number;
  asked: number;
  read: number;
  observations: number;
  rejected: number;
}

/** The upstream could not be read to the end; what was printed before stands. */
class ReadFailedError extends HubError {
  override readonly code: ErrorCode;
  override readonly retryable: boolean;

  constructor(error: ConnectorError) {
    super(error.userMessage, { cause: error });
    this.code = error.code;
    this.retryable = error.retryable;
  }
}

/**
 * `lienthong read <source>`: what one run from the beginning would bring; stores nothing and needs no database. Where there
 * is one it shares session and pace with the hub.
 */
export function readCommand({ terminal, exitWith }: CommandParts): Command {
  return new Command('read')
    .description('print what a run of a source would bring, from its beginning; stores nothing')
    .argument('<source>', 'id of a source')
    .option('--limit <n>', 'stop printing after so many observations', positiveInteger)
    .option('--json', 'one JSON object a line: observations, and records that were rejected')
    .action(async (sourceId: string, options: ReadOptions) => {
      const progress = showProgress(terminal, `reading ${sourceId}`);
      const totals: Totals = { pages: 0, asked: 0, read: 0, observations: 0, rejected: 0 };
      try {
        const read = async ({ source, context }: SourceWork): Promise<void> => {
          requireAsked(source, 'read');
          for await (const page of source.connector.read(context)) {
            print(terminal, page, options, totals);
            progress.say(
              `reading ${sourceId}: ${counted(totals.pages, 'page')}, ${counted(totals.observations, 'observation')}`,
            );
          }
        };
        await withDatabaseIfAny(terminal, (database) => withSource(terminal, sourceId, read, database));
      } catch (error) {
        throw error instanceof ConnectorError ? new ReadFailedError(error) : error;
      } finally {
        progress.done();
      }
      const { pages, asked, read, observations, rejected } = totals;
      terminal.note(
        `${sourceId}: ${counted(observations, 'observation')} from ${counted(read, 'record')} on ${counted(pages, 'page')}, ${counted(asked, 'request')}, ${rejected} rejected. Nothing was stored.`,
      );
      if (rejected > 0) exitWith(EXIT.partial);
    });
}

function print(terminal: Terminal, page: ReadPage, { limit, json }: ReadOptions, totals: Totals): void {
  // The end of a stream comes by itself and is no page of the upstream's.
  if (page.requests > 0 || page.read > 0) totals.pages += 1;
  totals.asked += page.requests;
  totals.read += page.read;
  totals.rejected += page.rejections.length;
  for (const observation of page.observations) {
    if (totals.observations++ >= (limit ?? Number.POSITIVE_INFINITY)) continue;
    terminal.out(json ? JSON.stringify({ stream: page.stream, ...observation }) : describe(page.stream, observation));
  }
  for (const rejection of page.rejections) {
    terminal.out(
      json ? JSON.stringify({ rejected: rejection }) : `rejected ${rejection.path ?? ''}: ${rejection.reason}`,
    );
  }
}

function describe(stream: string, observation: Observation): string {
  const key = Object.values(observation.key).join(':');
  const mark = observation.detail?.simulated ? ' (simulated)' : '';
  if (observation.class === 'measurement') {
    return `${stream}  ${observation.kind} ${key}  ${JSON.stringify(observation.values)}${mark}`;
  }
  const voice = observation.voice === undefined ? '' : ` [${observation.voice}]`;
  const verb = observation.retract ? 'takes back' : 'says';
  return `${stream}${voice}  ${observation.kind} ${key}  ${verb} ${JSON.stringify(observation.attributes)}${mark}`;
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It has to be a whole number above 0.');
  return value;
}
