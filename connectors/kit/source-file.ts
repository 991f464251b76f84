import * as z from 'zod';

const sourceId = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'ids are in kebab case');
/** An environment variable's name; its value is never written into the file. */
const environmentName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'is no name of an environment variable');

/** Seconds, or an ISO 8601 duration of days, hours, minutes and seconds; gives seconds. */
const durationSeconds = z.union([z.number().positive(), z.string()]).transform((value, context) => {
  if (typeof value === 'number') return value;
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(value);
  const [days, hours, minutes, seconds] = (match ?? []).slice(1).map((part) => Number(part ?? 0));
  const total = (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  if (total > 0) return total;
  context.issues.push({ code: 'custom', message: 'is no duration such as PT10M or P1D', input: value });
  return z.NEVER;
});

/** How long after it last said something a source's word counts as fresh. Null: for ever. */
const timeToLive = durationSeconds.nullable();

/** Rank by kind of fact; the lower counts first. `default` for kinds that are not named. */
const precedence = z.record(z.string(), z.number().int().min(1)).refine((ranks) => 'default' in ranks, {
  message: 'names no default',
});

/** `voice` of an observation; the source `<id>-<voice>` speaks with it. */
const voice = z.strictObject({ name: z.string().min(1), precedence, ttl: timeToLive });

const source = z.strictObject({
  id: sourceId,
  /** Id of a connector. */
  connector: z.string().min(1),
  /** For people; default the id. */
  name: z.string().min(1).optional(),
  /** Checked by the connector. */
  config: z.record(z.string(), z.json()),
  /** The connector's names for credentials, and the environment variables that hold them. */
  credentials: z.record(z.string(), environmentName),
  schedule: z.union([
    z.strictObject({ everySeconds: z.number().positive(), jitterSeconds: z.number().nonnegative().default(0) }),
    /** Five fields, in the time of Asia/Ho_Chi_Minh. */
    z.strictObject({ cron: z.string().min(9) }),
  ]),
  ttl: timeToLive,
  precedence,
  /** Complete snapshots in a row without an entity after which it counts as gone. Default 3. */
  goneAfter: z.number().int().min(1).default(3),
  /** Limits what the source may speak of. */
  scope: z.strictObject({ province: z.string().regex(/^\d{2}$/) }).optional(),
  voices: z.record(z.string().regex(/^[a-z]+$/), voice).default({}),
});

/** The file that `SOURCES` names. */
export const sourceFileSchema = z
  .strictObject({ sources: z.array(source).min(1) })
  .superRefine(({ sources }, context) => {
    const ids = sources.flatMap(({ id, voices }) => [id, ...Object.keys(voices).map((name) => `${id}-${name}`)]);
    for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) {
      context.addIssue({ code: 'custom', message: `two sources have the id ${id}`, path: ['sources'] });
    }
  });

/** The file as it is written. */
export type SourceFileInput = z.input<typeof sourceFileSchema>;
/** The file as it is understood: durations in seconds, defaults filled in. */
export type SourceFile = z.output<typeof sourceFileSchema>;
export type SourceDefinition = SourceFile['sources'][number];
