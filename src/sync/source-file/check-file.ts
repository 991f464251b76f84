import * as z from 'zod';
import { type SourceDefinition, sourceEntrySchema } from '../../../connectors/kit/source-file.ts';
import { checkConfigOf, checkSource, type Surroundings } from './check-source.ts';
import { checkTogether, type PlacedSource } from './check-together.ts';
import { type FileProblem, type JsonDocument, type JsonPath, readJson } from './json-document.ts';

/** What stands around the entries. */
const frame = z.strictObject({ $schema: z.string().optional(), sources: z.array(z.unknown()).min(1) });

export interface CheckedFile {
  /** The entries that are right in themselves, in their order. */
  readonly sources: readonly SourceDefinition[];
  /** Everything that is wrong, from top to bottom. */
  readonly problems: readonly FileProblem[];
}

/** Checks the text of a file of sources as a whole: syntax, shapes, and what only connectors and the hub can know. */
export function checkFile(text: string, around: Surroundings): CheckedFile {
  const document = readJson(text);
  if (document.problems.length > 0) return { sources: [], problems: document.problems };
  const framed = frame.safeParse(document.value);
  if (!framed.success) return { sources: [], problems: issuesOf(document, framed.error, []) };
  const problems: FileProblem[] = [];
  const placed: PlacedSource[] = [];
  framed.data.sources.forEach((entry, index) => {
    const path = ['sources', index];
    const parsed = sourceEntrySchema.safeParse(entry);
    if (!parsed.success) {
      problems.push(...issuesOf(document, parsed.error, path));
      for (const problem of checkConfigOf(entry, around)) {
        problems.push(document.problemAt([...path, ...problem.path], problem.message));
      }
      return;
    }
    placed.push({ index, source: parsed.data });
    for (const problem of checkSource(parsed.data, around)) {
      problems.push(document.problemAt([...path, ...problem.path], problem.message));
    }
  });
  problems.push(...checkTogether(placed).map(({ path, message }) => document.problemAt(path, message)));
  return { sources: placed.map(({ source }) => source), problems: problems.toSorted(byLine) };
}

/** Unknown keys are told one by one, each at its own place. */
function issuesOf(document: JsonDocument, error: z.ZodError, prefix: JsonPath): FileProblem[] {
  return error.issues.flatMap((issue) => {
    const path = [...prefix, ...(issue.path as (string | number)[])];
    if (issue.code !== 'unrecognized_keys') return [document.problemAt(path, `${issue.message}.`)];
    return issue.keys.map((key) => document.problemAt([...path, key], `There is no option "${key}".`));
  });
}

const lineOf = ({ place }: FileProblem): number => Number.parseInt(place.slice(1), 10);
const byLine = (one: FileProblem, other: FileProblem): number => lineOf(one) - lineOf(other);
