import { LimitError } from '../../errors/index.ts';
import type { ApiLimits } from './limits.ts';
import type { Measure } from './measure-operation.ts';

/** Throws LIMIT_DOCUMENT_SIZE. Before parsing, so that a huge text costs nothing. */
export function checkDocumentSize(query: string, { maxDocumentBytes: limit }: ApiLimits): void {
  const requested = Buffer.byteLength(query);
  if (requested <= limit) return;
  const message = `The document has ${requested} bytes; ${limit} are allowed. Put values into variables, or ask in parts.`;
  throw new LimitError('LIMIT_DOCUMENT_SIZE', message, { limit, requested });
}

/** Throws LIMIT_ALIASES. Before validation, whose time grows with the square of the fields of one name. */
export function checkAliases(requested: number, { maxAliases: limit }: ApiLimits): void {
  if (requested <= limit) return;
  const message = `The document has ${requested} aliases; ${limit} are allowed. Ask for a list in place of one by one.`;
  throw new LimitError('LIMIT_ALIASES', message, { limit, requested });
}

/** Throws LIMIT_PAGE_SIZE, LIMIT_DEPTH or LIMIT_COST. */
export function checkMeasure({ depth, cost, pageSize }: Measure, limits: ApiLimits): void {
  if (pageSize > limits.maxPageSize) {
    const message = `"first" may be ${limits.maxPageSize} at the most, not ${pageSize}. Ask for pages with "after".`;
    throw new LimitError('LIMIT_PAGE_SIZE', message, { limit: limits.maxPageSize, requested: pageSize });
  }
  if (depth > limits.maxDepth) {
    const message = `The operation is ${depth} levels deep; ${limits.maxDepth} are allowed. Ask for what lies deeper by its id.`;
    throw new LimitError('LIMIT_DEPTH', message, { limit: limits.maxDepth, requested: depth });
  }
  if (cost > limits.maxCost) {
    const message = `The operation may cost ${cost} points; ${limits.maxCost} are allowed. Ask for smaller pages or fewer fields.`;
    throw new LimitError('LIMIT_COST', message, { limit: limits.maxCost, requested: cost });
  }
}
