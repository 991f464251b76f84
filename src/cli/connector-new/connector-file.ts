import { type TellTemplate, tellTemplates } from './parts.ts';
import { type ConnectorPlan, camelCase } from './plan.ts';
import { signInTemplates } from './sign-ins.ts';

/** Names of an import list, each once, in the order that the formatter wants. */
export const names = (...lists: readonly (readonly string[])[]): string =>
  [...new Set(lists.flat())]
    .sort((a, b) => (a.replace(/^type /, '').toLowerCase() < b.replace(/^type /, '').toLowerCase() ? -1 : 1))
    .join(', ');

/** `connector.ts`: the declaration. */
export function connectorFile(plan: ConnectorPlan): string {
  const tells = plan.tells.map((tell) => tellTemplates[tell]);
  const shape = shapeOf(plan, tells);
  const signIn = signInTemplates[plan.signIn];
  const lookback = tells.some(({ isIncremental }) => isIncremental) ? ['lookback'] : [];
  const records = tells.map(({ record }) => record);
  const maps = tells.map(({ map }) => map);
  return `import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { ${names(['codeIn', 'defineConnector', signIn.factory], shape.imports, lookback)} } from '../kit/index.ts';
import { ${names(['CONTRACT'], records)} } from './contract.ts';
import { ${names(maps)} } from './mapping.ts';

${shape.before}
/** ${plan.title}. */
export const ${camelCase(plan.id)}Connector = defineConnector({
  id: '${plan.id}',
  title: '${plan.title}',
  shape: 'modelled',
  config: z.object({}),
  auth: () => ${signIn.expression},
  errorCodeOf: ${shape.errorCodeOf},
  rateLimit: { requestsPerSecond: 5, burst: 10 },
  streams: (stream) => [
${tells.map((tell) => streamOf(tell, plan, shape)).join('\n')}
  ],
});
${shape.after}`;
}

interface Shape {
  readonly imports: readonly string[];
  readonly before: string;
  readonly errorCodeOf: string;
  readonly after: string;
  readonly format?: string;
}

const PAGE = `/** Small, so that the few rows of the stand-in take several pages; raise it to what the upstream gives. */
const PAGE_SIZE = 3;
`;
const LOOKBACK = `/** The first read goes back a week; later ones overlap by more than a day, so that what comes late is not lost. */
const since = lookback({ firstMs: 7 * 86_400_000, overlapMs: 26 * 3_600_000 });
`;

function shapeOf({ format, paging, id }: ConnectorPlan, tells: readonly TellTemplate[]): Shape {
  const since = tells.some(({ isIncremental }) => isIncremental) ? LOOKBACK : '';
  if (format === 'csv') {
    return {
      imports: ['countedRows', 'csvFormat', 'singlePage'],
      before: `/** Rows do not show where a file was cut, so the upstream counts them in a header. */
const format = countedRows(csvFormat(), 'X-Row-Count');
${since}`,
      errorCodeOf: "codeIn('code', [])",
      after: `
function decode(body: Json): unknown[] {
  return z.array(z.unknown()).parse(body);
}
`,
      format: 'format',
    };
  }
  if (format === 'xml') {
    return {
      imports: ['requireCount', 'singlePage', 'wholeNumberText', 'xmlFormat'],
      before: `const format = xmlFormat({ namespace: 'urn:${id}', lists: ['Item'] });
const frame = z.object({
  Answer: z.object({ '@total': wholeNumberText, Item: z.array(z.unknown()).default([]) }),
});
const codeOf = codeIn('@code', ['0', '00']);
${since}`,
      errorCodeOf: '(body) => codeOf((body as { Answer?: Json }).Answer ?? null)',
      after: `
function decode(body: Json): unknown[] {
  const { '@total': total, Item } = frame.parse(body).Answer;
  requireCount(Item.length, total, 'exactly', 'the answer');
  return Item;
}
`,
      format: 'format',
    };
  }
  const members = {
    single: 'total: count',
    page: 'total: count, page: count, pages: count',
    cursor: 'total: count, next: z.string().nullable()',
  }[paging];
  return {
    imports: paging === 'single' ? ['requireCount', 'singlePage'] : paging === 'page' ? ['pageNumber'] : ['cursorPage'],
    before: `const count = z.coerce.number().int().nonnegative();
const frame = z.object({ ${members}, items: z.array(z.unknown()) });
${paging === 'single' ? '' : PAGE}${since}`,
    errorCodeOf: "codeIn('code', ['0', '00'])",
    after:
      paging === 'single'
        ? `
function decode(body: Json): unknown[] {
  const { total, items } = frame.parse(body);
  requireCount(items.length, total, 'exactly', 'the answer');
  return items;
}
`
        : `
function decode(body: Json): unknown[] {
  return frame.parse(body).items;
}

function frameOf(body: Json) {
  return frame.safeParse(body).data;
}
`,
  };
}

function streamOf(tell: TellTemplate, { paging }: ConnectorPlan, { format }: Shape): string {
  return `    stream({
      name: '${tell.stream}',
      kinds: ['${tell.kind}'],
      mode: '${tell.isIncremental ? 'incremental' : 'snapshot'}',
      paginator: ${paginatorOf(tell, paging)},${format ? `\n      ${format},` : ''}
      decode,
      contract: ${tell.record},
      contractVersion: CONTRACT,
      map: ${tell.map},
    }),`;
}

function paginatorOf({ isIncremental, path }: TellTemplate, paging: ConnectorPlan['paging']): string {
  const query = [...(isIncremental ? ['from: String(from)'] : []), ...QUERIES[paging]].join(', ');
  const request = `{ method: 'GET', path: '${path}'${query ? `, query: { ${query} }` : ''} }`;
  const since = isIncremental ? '...since, ' : '';
  const from = isIncremental ? ', from' : '';
  if (paging === 'page')
    return `pageNumber({ ${since}size: PAGE_SIZE, frameOf, request: ({ page, size${from} }) => (${request}) })`;
  if (paging === 'cursor') return `cursorPage({ ${since}frameOf, request: ({ cursor${from} }) => (${request}) })`;
  return isIncremental
    ? `singlePage({ ...since, request: (_config, from) => (${request}) })`
    : `singlePage(() => (${request}))`;
}

const QUERIES = {
  single: [],
  page: ['page', 'size'],
  cursor: ['size: PAGE_SIZE', '...(cursor !== undefined && { cursor })'],
} as const;
