import type { SourceDefinition } from '../../../connectors/kit/source-file.ts';
import { upstreamAddress } from '../../../connectors/kit/upstream-address.ts';
import { OPERATOR_SOURCE } from '../../unify/corrections.ts';
import { voiceSourceId } from '../configured-source.ts';
import type { SourceProblem } from './check-source.ts';

/** What an upstream is asked within; two sources that ask one address have to agree. */
const LIMITS = ['requestDeadlineMs', 'maxResponseBytes', 'timeBudgetMs', 'requestBudget'] as const;

/** An entry and where it stands among the entries. */
export interface PlacedSource {
  readonly index: number;
  readonly source: SourceDefinition;
}

/** What is wrong with entries only beside each other. Paths begin at the file. */
export function checkTogether(placed: readonly PlacedSource[]): SourceProblem[] {
  return [...doubledIds(placed), ...unequalLimits(placed)];
}

function doubledIds(placed: readonly PlacedSource[]): SourceProblem[] {
  const owners = new Map([[OPERATOR_SOURCE, 'What operators correct']]);
  const problems: SourceProblem[] = [];
  for (const { index, source } of placed) {
    const ids = [undefined, ...Object.keys(source.voices)].map((voice) => ({
      voice,
      id: voiceSourceId(source.id, voice),
    }));
    for (const { voice, id } of ids) {
      const owner = owners.get(id);
      const place = voice === undefined ? ['id'] : ['voices', voice];
      if (owner !== undefined) {
        const message = `${owner} has the id ${id} already.`;
        problems.push({ path: ['sources', index, ...place], message });
      } else owners.set(id, voice === undefined ? `Source ${index + 1}` : `The voice ${voice} of ${source.id}`);
    }
  }
  return problems;
}

function unequalLimits(placed: readonly PlacedSource[]): SourceProblem[] {
  const first = new Map<string, SourceDefinition>();
  const problems: SourceProblem[] = [];
  for (const { index, source } of placed) {
    const { baseUrl } = source.config;
    const address = typeof baseUrl === 'string' ? upstreamAddress(baseUrl) : undefined;
    if (address === undefined) continue;
    const other = first.get(address);
    if (!other) {
      first.set(address, source);
      continue;
    }
    for (const name of LIMITS.filter((limit) => source.config[limit] !== other.config[limit])) {
      const message = `${source.id} asks the same address as ${other.id}, which says ${String(other.config[name] ?? 'nothing')} here; let both say the same.`;
      problems.push({ path: ['sources', index, 'config', name], message });
    }
  }
  return problems;
}
