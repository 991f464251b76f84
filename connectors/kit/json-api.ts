import * as z from 'zod';
import type { Json } from '../../schema/kinds/fact-kind.ts';
import { ConnectorError } from './connector-error.ts';
import { type NextLinkOptions, nextLink } from './paging/next-link.ts';

/** What an upstream of JSON:API is to be asked with. */
export const JSON_API_HEADERS = { Accept: 'application/vnd.api+json' } as const;

const identifier = z.object({ type: z.string(), id: z.string() });
const resource = identifier.extend({
  attributes: z.record(z.string(), z.unknown()).default({}),
  relationships: z.record(z.string(), z.object({ data: z.unknown().optional() })).default({}),
  meta: z.unknown().optional(),
});
type Resource = z.output<typeof resource>;

const linkShape = z.union([z.string(), z.object({ href: z.string() }).transform(({ href }) => href)]);
const documentShape = z.object({
  data: z.array(z.unknown()),
  included: z.array(z.unknown()).default([]),
  links: z.object({ next: linkShape.nullish() }).default({}),
});

/**
 * The resources of a JSON:API document (1.1) as plain records: `{type, id, ...attributes, ...relationships}`, each
 * relationship as the included resource, to any depth but never back into a resource that is being written out; one that
 * was not included stays `{type, id}`. What is no resource object stays as it is, for its contract to reject.
 *
 * The libraries for this (kitsu-core, jsona) give graphs, with circles where resources point at each other, and let an
 * attribute called `id` take the place of the id; a record must be a tree, since it is hashed and may be kept as rejected.
 */
export function jsonApiRecords(body: Json): unknown[] {
  const { data, included } = documentShape.parse(body);
  const known = new Map<string, Resource>();
  for (const one of [...included, ...data]) {
    const parsed = resource.safeParse(one);
    if (parsed.success) known.set(nameOf(parsed.data), parsed.data);
  }
  const writing: Writing = { known, written: 0 };
  return data.map((one) => {
    const parsed = resource.safeParse(one);
    return parsed.success ? writeOut(parsed.data, writing, new Set()) : one;
  });
}

/** The pages of a JSON:API list, by `links.next`; counted where `meta.total` says how many there are. */
export function jsonApiPages<Config>(
  options: Omit<NextLinkOptions<Config>, 'linkOf' | 'totalOf'>,
): ReturnType<typeof nextLink<Config>> {
  return nextLink({ ...options, linkOf: jsonApiNext, totalOf: (body) => counted.safeParse(body).data?.meta.total });
}

/** Comes as text from some installations. */
const counted = z.object({ meta: z.object({ total: z.coerce.number().int().nonnegative() }) });

/** The link to the next page of a JSON:API document. */
export function jsonApiNext(body: Json): string | null | undefined {
  return documentShape.parse(body).links.next;
}

/** The code of the first error of a JSON:API document; undefined where it has none. */
export function jsonApiErrorCode(body: Json): string | undefined {
  const error = z.object({ code: z.coerce.string().optional(), status: z.coerce.string().optional() });
  const parsed = z.object({ errors: z.array(error).min(1) }).safeParse(body).data?.errors[0];
  return parsed && (parsed.code ?? parsed.status ?? 'unknown');
}

/** Deeper ones stay as `{type, id}`. */
const MAX_DEPTH = 5;
/** Resources that point to each other multiply with each level: a few dozen would fill the memory. */
const MAX_WRITTEN = 50_000;

interface Writing {
  readonly known: ReadonlyMap<string, Resource>;
  written: number;
}

const nameOf = ({ type, id }: z.output<typeof identifier>): string => JSON.stringify([type, id]);

function writeOut(one: Resource, writing: Writing, above: ReadonlySet<string>): unknown {
  writing.written += 1;
  if (writing.written > MAX_WRITTEN) {
    const told = `The resources of the upstream's page point to each other more than ${MAX_WRITTEN} times.`;
    throw ConnectorError.of('contract', told);
  }
  const { type, id, attributes, relationships, meta } = one;
  const within = new Set([...above, nameOf(one)]);
  // A relationship may be a link alone.
  const related = Object.entries(relationships)
    .filter(([, { data }]) => data !== undefined)
    .map(([name, { data }]) => [name, follow(data, writing, within)]);
  return { ...attributes, ...Object.fromEntries(related), type, id, ...(meta !== undefined && { meta }) };
}

function follow(linkage: unknown, writing: Writing, above: ReadonlySet<string>): unknown {
  if (Array.isArray(linkage)) return linkage.map((one) => follow(one, writing, above));
  const named = identifier.safeParse(linkage).data;
  const found = named && writing.known.get(nameOf(named));
  if (!found || above.has(nameOf(found)) || above.size >= MAX_DEPTH) return named ?? linkage;
  return writeOut(found, writing, above);
}
