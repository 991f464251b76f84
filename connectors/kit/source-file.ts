import * as z from 'zod';

const sourceId = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'ids are in kebab case');
/** An environment variable's name; its value is never written into the file. */
const environmentName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'is no name of an environment variable');

const DURATION = /^P(?=\d|T\d)(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

const NO_DURATION = 'is no duration such as PT10M or P1D, and no number of seconds above 0';

/** Seconds, or an ISO 8601 duration of days, hours, minutes and seconds; gives seconds. */
const durationSeconds = z
  .union([z.number().positive(), z.string().regex(DURATION, NO_DURATION)], { error: NO_DURATION })
  .transform((value, context) => {
    if (typeof value === 'number') return value;
    const [days, hours, minutes, seconds] = (DURATION.exec(value) ?? []).slice(1).map((part) => Number(part ?? 0));
    const total = (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
    if (total > 0) return total;
    context.issues.push({ code: 'custom', message: 'is a duration of nothing', input: value });
    return z.NEVER;
  });

const timeToLive = durationSeconds
  .nullable()
  .describe('How long after it last said something its word counts as fresh: PT10M, P1D, or seconds. Null: for ever.');

const precedence = z
  .record(z.string(), z.number().int().min(1))
  .refine((ranks) => 'default' in ranks, { message: 'names no default' })
  .describe('Rank by kind of fact; the lower counts first. "default" is for kinds that are not named.');

/** `voice` of an observation; the source `<id>-<voice>` speaks with it. */
const voice = z.strictObject({ name: z.string().min(1), precedence, ttl: timeToLive });

/** One entry of the file. */
export const sourceEntrySchema = z.strictObject({
  id: sourceId.describe('The name of the source everywhere, e.g. lgsp-01; in kebab case.'),
  connector: z.string().min(1).describe('The connector that reads it.'),
  name: z.string().min(1).describe('For people; default the id.').optional(),
  config: z.record(z.string(), z.json()).describe('What its connector needs to know; see its README.'),
  credentials: z
    .record(z.string(), environmentName)
    .describe('The names that the connector has for credentials, and the environment variables that hold them.'),
  schedule: z
    .union(
      [
        z.strictObject({
          everySeconds: z.number().positive(),
          jitterSeconds: z.number().nonnegative().describe('At most so much later, by chance.').default(0),
        }),
        z.strictObject({ cron: z.string().min(9).describe('Five fields, in the time of Asia/Ho_Chi_Minh.') }),
      ],
      { error: 'is neither {"everySeconds": 300} (and "jitterSeconds") nor {"cron": "0 17 * * *"}' },
    )
    .describe('When it is asked; left out where it only pushes.')
    .optional(),
  ttl: timeToLive,
  precedence,
  goneAfter: z
    .number()
    .int()
    .min(1)
    .describe('Complete snapshots in a row without an entity after which it counts as gone. Default 3.')
    .default(3),
  keepRawFor: z
    .union([z.literal(0), durationSeconds], { error: 'is no duration such as P3D, and not 0' })
    .describe('How long raw answers are kept, so that they can be read anew; 0 keeps none. Default RAW_KEPT_DAYS.')
    .optional(),
  scope: z
    .strictObject({ province: z.string().regex(/^\d{2}$/) })
    .describe('Limits what it may speak of: records of other provinces are rejected, and kept without what they say.')
    .optional(),
  voices: z
    .record(z.string().regex(/^[a-z]+$/), voice)
    .describe('Other voices that it delivers, such as the summary of a report; each is a source of its own.')
    .default({}),
});

/** The file that `SOURCES` names. */
export const sourceFileSchema = z
  .strictObject({
    $schema: z.string().describe('For editors: schema/sources.schema.json.').optional(),
    sources: z.array(sourceEntrySchema).min(1),
  })
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
