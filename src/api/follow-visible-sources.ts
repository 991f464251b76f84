import { maySeeSource, visibleSources } from '../services/reading/sources.ts';
import { type SourceFilter, sourcePredicate } from '../services/sources/source-filter.ts';
import type { ApiContext } from './context.ts';

export interface SourceStatesArguments {
  readonly filter?: SourceFilter | null;
  readonly snapshot?: boolean | null;
}

/** The codes of the sources that the caller may see and asked for, as their state changes. */
export function followVisibleSources(context: ApiContext, args: SourceStatesArguments): AsyncIterableIterator<string> {
  const { reference } = context;
  const passes = sourcePredicate(args.filter, reference);
  const isWanted = (code: string): boolean => {
    const source = reference.find('Source', code);
    return source !== undefined && maySeeSource(context, code) && passes(source);
  };
  const first = args.snapshot ? visibleSources(context).map(({ code }) => code) : [];
  return context.parts.followSources({ first, isWanted, signal: context.signal });
}
