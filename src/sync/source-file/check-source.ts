import type { Connector } from '../../../connectors/kit/connector.ts';
import type { SourceDefinition } from '../../../connectors/kit/source-file.ts';
import { factKindNames } from '../../../schema/kinds/index.ts';
import { measurementKinds } from '../../../schema/kinds/measurements.ts';
import { longestPauseSeconds, scheduleText } from '../../lib/schedule.ts';
import type { JsonPath } from './json-document.ts';

/** A mistake in an entry of the file, from the entry inward. */
export interface SourceProblem {
  readonly path: JsonPath;
  readonly message: string;
}

export interface Surroundings {
  readonly connectors: ReadonlyMap<string, Connector>;
  /** Codes of provinces. */
  readonly provinces: ReadonlySet<string>;
}

/** Everything that is wrong with an entry whose shape is right: what only its connector, or the hub, can know. */
export function checkSource(source: SourceDefinition, around: Surroundings): SourceProblem[] {
  const connector = around.connectors.get(source.connector);
  return [
    ...(connector ? ofConnector(source, connector) : [unknownConnector(source, around.connectors)]),
    ...ofPrecedence(source.precedence, ['precedence']),
    ...Object.entries(source.voices).flatMap(([name, { precedence }]) =>
      ofPrecedence(precedence, ['voices', name, 'precedence']),
    ),
    ...ofSchedule(source),
    ...ofScope(source, around.provinces),
  ];
}

/** The same for the configuration alone, of an entry whose shape is not right elsewhere. */
export function checkConfigOf(entry: unknown, { connectors }: Pick<Surroundings, 'connectors'>): SourceProblem[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const { connector, config } = entry as { connector?: unknown; config?: unknown };
  const known = typeof connector === 'string' ? connectors.get(connector) : undefined;
  return known && typeof config === 'object' && config !== null ? ofConfig(config, known) : [];
}

function ofConfig(config: unknown, connector: Connector): SourceProblem[] {
  return connector.checkConfig(config).map(({ path, message }) => ({ path: ['config', ...path], message }));
}

function unknownConnector({ connector }: SourceDefinition, connectors: Surroundings['connectors']): SourceProblem {
  const known = [...connectors.keys()].sort().join(', ');
  return { path: ['connector'], message: `There is no connector "${connector}". There are: ${known}.` };
}

function ofConnector(source: SourceDefinition, connector: Connector): SourceProblem[] {
  const { credentials, streams, push } = connector.spec();
  const problems = ofConfig(source.config, connector);
  for (const name of credentials) {
    if (Object.hasOwn(source.credentials, name)) continue;
    problems.push({ path: ['credentials'], message: `Name the variable that holds its ${name}.` });
  }
  for (const name of Object.keys(source.credentials)) {
    if (credentials.includes(name)) continue;
    const needed = credentials.length > 0 ? `it needs ${credentials.join(', ')}` : 'it needs none';
    problems.push({
      path: ['credentials', name],
      message: `The connector ${connector.id} has no credential "${name}"; ${needed}.`,
    });
  }
  if (streams.length > 0 && !source.schedule && !push) {
    problems.push({ path: [], message: 'Say when it is asked: a schedule is missing.' });
  }
  if (streams.length === 0 && source.schedule) {
    problems.push({
      path: ['schedule'],
      message: `Nothing is asked with ${connector.id}, which only sends; leave it out.`,
    });
  }
  return problems;
}

function ofPrecedence(precedence: SourceDefinition['precedence'], path: JsonPath): SourceProblem[] {
  const kinds = [...factKindNames, ...Object.keys(measurementKinds)];
  return Object.keys(precedence)
    .filter((name) => name !== 'default' && !kinds.includes(name as never))
    .map((name) => ({
      path: [...path, name],
      message: `"${name}" is no kind of fact or measurement. There are: ${kinds.join(', ')}.`,
    }));
}

function ofSchedule({ schedule, ttl }: SourceDefinition): SourceProblem[] {
  if (!schedule) return [];
  const text = scheduleText(schedule);
  const pauseSeconds = longestPauseSeconds(text);
  if (pauseSeconds === null)
    return [{ path: ['schedule', 'cron'], message: `"${text}" is no cron expression of five fields.` }];
  const jitterSeconds = 'cron' in schedule ? 0 : schedule.jitterSeconds;
  const intervalSeconds = pauseSeconds + jitterSeconds;
  if (ttl === null || ttl >= intervalSeconds) return [];
  const often =
    'cron' in schedule ? `up to ${intervalSeconds} s pass between two reads` : `it is read every ${intervalSeconds} s`;
  return [
    {
      path: ['ttl'],
      message: `What it says counts for ${ttl} s and ${often}, so it would be stale in between. Make ttl longer or the schedule shorter.`,
    },
  ];
}

function ofScope({ scope }: SourceDefinition, provinces: ReadonlySet<string>): SourceProblem[] {
  if (!scope || provinces.has(scope.province)) return [];
  return [{ path: ['scope', 'province'], message: `There is no province "${scope.province}".` }];
}
