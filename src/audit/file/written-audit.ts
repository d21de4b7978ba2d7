import { z } from 'zod';
import { catchUps } from '../calendar/schedule.ts';
import { webhookFormats } from './audit.ts';

const oneOf = (names: readonly string[]) =>
  `must be ${names.join(', ').replace(/, (\w+)$/, ' or $1')}`;
const text = (error: string) => z.string({ error }).trim().min(1, { error });

const whole = 'must be a whole number of 1 or more';
const hours = 'must be a number of hours above 0';
/** Ten years: below what dates can hold. */
const mostHours = 87_600;

const example = 'must be a pattern of five fields in quotes, such as "30 2 * * *"';
const places = 'must be a folder, an s3:// address, a COCO .json file, or false';
const secretForm =
  'name a variable, "{env: AUDIT_WEBHOOK}", or a file, "{file: /run/secrets/webhook}"';

/** The keys of an audit file, for what is misspelled. */
export const auditFileKeys = [
  'images',
  'model',
  'out',
  'labels',
  'baseline',
  'rules',
  'cron',
  'timeZone',
  'catchUp',
  'maxAgeHours',
  'incremental',
  'keep',
  'options',
  'webhook',
] as const;
export const webhookKeys = ['url', 'key', 'format'] as const;
export const secretKeys = ['env', 'file'] as const;

/** What a person writes, with the words that complete a key's name where it is something else. */
export const auditFileSchema = z.strictObject({
  images: text('must name a folder, a pattern, a list or a data.yaml; also s3://...'),
  model: text('must name an .onnx file or where the newest is; also s3://... and mlflow://...'),
  out: text('must name the folder where results go; also s3://...'),
  labels: z.union([z.literal(false), text(places)], { error: places }).optional(),
  baseline: text('must be previous, or the name, id or place of a run').optional(),
  rules: z
    .union([text('must be rules').max(1000), z.array(z.unknown())], {
      error: 'must be a list of rules, or the name of a rules file',
    })
    .optional(),
  cron: text(example),
  timeZone: text('must be a zone such as Europe/Berlin').default('UTC'),
  catchUp: z.enum(catchUps, { error: oneOf(catchUps) }).default('latest'),
  maxAgeHours: z
    .number({ error: hours })
    .positive({ error: hours })
    .max(mostHours, { error: `must be at most ${mostHours} hours` })
    .default(48),
  incremental: z.boolean({ error: 'must be true or false' }).default(true),
  keep: z.int({ error: whole }).min(1, { error: whole }).default(30),
  options: z
    .record(z.string(), z.unknown(), { error: 'must be settings of a run, such as "conf: 0.4"' })
    .nullish(),
  webhook: z.unknown().optional(),
});
export type WrittenAudit = z.infer<typeof auditFileSchema>;

export const webhookFileSchema = z.strictObject(
  {
    url: z.unknown().refine((value) => value !== undefined, { error: `must ${secretForm}` }),
    key: z.unknown().optional(),
    format: z.enum(webhookFormats, { error: oneOf(webhookFormats) }).default('json'),
  },
  { error: `must have a url: ${secretForm}` },
);

const variable = 'must be the name of an environment variable, such as AUDIT_WEBHOOK';
const path = 'must be a whole path, such as /run/secrets/webhook: it is read where the audit runs';

/** Where a secret is; what is one is refused without repeating it. */
export const secretPlaceFileSchema = z
  .strictObject(
    {
      env: z.string({ error: variable }).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: variable }),
      file: z.string({ error: path }).regex(/^(?:\/|[A-Za-z]:[\\/]).+/, { error: path }),
    },
    { error: `must not hold the value itself: ${secretForm}` },
  )
  .partial()
  .refine(({ env, file }) => (env === undefined) !== (file === undefined), {
    error: `must have one of env and file: ${secretForm}`,
  });
